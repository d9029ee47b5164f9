"""The executor: graphql-core's, with compiled selections where they apply (see `compiled.py`)."""

from typing import Any

from graphql import GraphQLObjectType, is_non_null_type
from graphql.execution import Executor
from graphql.pyutils import Path, Undefined, gather_with_cancel
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.executor.compiled import Compiler, Plan, Read, list_reader
from schema.executor.prepared import MAX_PLANS, PreparedOperation

_MISSING: Any = object()


class FastExecutor(Executor[Any]):
    """Executes one prepared operation once; `prepared` holds the plans that outlive it."""

    def __init__(self, *args: Any, prepared: PreparedOperation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.operation_extensions: dict[str, Any] = {}
        self.prepared = prepared
        coerced = self.variable_values.coerced
        self._switched = tuple(coerced.get(name) for name in prepared.switches)
        self._grouped_plans: dict[int, Plan | None] = {}

    # Resolvers get Strawberry's info: variables as a plain dict.
    build_resolve_info = StrawberryGraphQLCoreExecutionContext.build_resolve_info

    def complete_list_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        """Lists of objects whose whole selection is compiled are answered in one go."""
        if result.__class__ is list or result.__class__ is tuple:
            read = self._list_reader(return_type.of_type, field_details_list)
            if read is not None:
                try:
                    return read(result)
                except Exception:  # noqa: S110 whatever is wrong, the stock path reports it
                    pass
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    def execute_fields(
        self, parent_type: Any, source_value: Any, path: Any, grouped_field_set: Any, position_context: Any
    ) -> Any:
        """The compiled fields of an object are read together, the others executed one by one."""
        plan = None if path is None else self._object_plan(parent_type, grouped_field_set)
        if plan is not None:
            try:
                results = plan.read(source_value)
            except Exception:  # whatever is wrong, the stock path reports it
                results = None
            if results is not None:
                return self._execute_slow(plan, results, parent_type, source_value, path, position_context)
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)

    def _execute_slow(
        self, plan: Plan, results: dict[str, Any], parent_type: Any, source: Any, path: Any, position_context: Any
    ) -> Any:
        waiting: list[str] = []
        try:
            for key, details in plan.slow.items():
                field_path = Path(path, key, parent_type.name)
                result = self.execute_field(parent_type, source, details, field_path, position_context)
                if result is Undefined:
                    del results[key]
                    continue
                results[key] = result
                if self.is_awaitable(result):
                    waiting.append(key)
        except Exception:
            if waiting:
                self.settle_in_background([results[key] for key in waiting])
            raise
        return self._await_all(results, waiting) if waiting else results

    @staticmethod
    async def _await_all(results: dict[str, Any], waiting: list[str]) -> dict[str, Any]:
        if len(waiting) == 1:
            results[waiting[0]] = await results[waiting[0]]
            return results
        values = await gather_with_cancel(*(results[key] for key in waiting))
        results.update(zip(waiting, values, strict=True))
        return results

    def _list_reader(self, item_type: Any, field_details_list: Any) -> Read | None:
        nullable = not is_non_null_type(item_type)
        inner = item_type if nullable else item_type.of_type
        if not isinstance(inner, GraphQLObjectType):
            return None
        key = (inner.name, nullable, self._switched, *(id(details.node) for details in field_details_list))
        reader: Read | None = self.prepared.plans.get(key, _MISSING)
        if reader is _MISSING:
            plan = self._compile(inner, self.collect_subfields(inner, field_details_list).grouped_field_set)
            reader = None if plan is None or plan.slow else list_reader(plan, nullable)
            self._remember(key, reader)
        return reader

    def _object_plan(self, parent_type: GraphQLObjectType, grouped: Any) -> Plan | None:
        # Groups are kept by the executor for as long as it lives, so their identity is a key within it.
        plan: Plan | None = self._grouped_plans.get(id(grouped), _MISSING)
        if plan is _MISSING:
            nodes = tuple(id(details.node) for group in grouped.values() for details in group)
            key = (parent_type.name, self._switched, nodes)
            plan = self.prepared.plans.get(key, _MISSING)
            if plan is _MISSING:
                plan = self._compile(parent_type, grouped)
                self._remember(key, plan)
            self._grouped_plans[id(grouped)] = plan
        return plan

    def _compile(self, parent_type: GraphQLObjectType, grouped: Any) -> Plan | None:
        def collect(inner: GraphQLObjectType, details: Any) -> dict[str, Any]:
            return self.collect_subfields(inner, details).grouped_field_set

        return Compiler(self.schema.get_field, collect).plan(parent_type, grouped)

    def _remember(self, key: Any, value: Any) -> None:
        plans = self.prepared.plans
        if len(plans) >= MAX_PLANS:
            plans.clear()
        plans[key] = value
