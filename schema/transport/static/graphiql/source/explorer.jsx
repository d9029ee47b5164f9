import React, { useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { GraphiQL } from "graphiql";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";
import "graphiql/graphiql.css";
import "./explorer.css";

const KEY = "slotgraph:api-key";
const url = new URL(window.location.pathname, window.location.origin);
const socketUrl = url.href.replace(/^http/, "ws");
const examples = JSON.parse(document.getElementById("examples").textContent || "[]");

// GraphiQL shows the variables of its first tab only when they are given by themselves; on a later visit it has its own.
const firstVariables = window.localStorage.getItem("graphiql:tabState") ? undefined : examples[0]?.variables;

// Only this tab remembers the key, and only until it is closed.
const remembered = () => window.sessionStorage.getItem(KEY) || "";
const authorization = (key) => (key ? { Authorization: `Bearer ${key}` } : {});

function useFetcher(key) {
  return useMemo(() => {
    const wsClient = createClient({
      url: socketUrl,
      connectionParams: () => authorization(key),
      lazy: true,
      retryAttempts: 20,
    });
    return createGraphiQLFetcher({ url: url.href, wsClient, headers: authorization(key) });
  }, [key]);
}

function Explorer() {
  const [key, setKey] = useState(remembered);
  const fetcher = useFetcher(key);
  const change = (event) => {
    const value = event.target.value.trim().replace(/^Bearer\s+/i, "");
    window.sessionStorage.setItem(KEY, value);
    setKey(value);
  };
  return (
    <div className="slotgraph-explorer">
      <header className="slotgraph-bar">
        <strong>Slotgraph</strong>
        <label htmlFor="api-key">API key</label>
        <input
          id="api-key"
          type="password"
          autoComplete="off"
          spellCheck="false"
          placeholder="cal_… (empty: anonymous)"
          value={key}
          onChange={change}
        />
        <span className="slotgraph-hint">sent as Authorization header, and with the subscription socket</span>
      </header>
      <div className="slotgraph-editor">
        <GraphiQL
          fetcher={fetcher}
          defaultTabs={examples}
          variables={firstVariables}
          defaultEditorToolsVisibility="variables"
        />
      </div>
    </div>
  );
}

createRoot(document.getElementById("explorer")).render(<Explorer />);
