// A customer's page with the Booker of @calcom/atoms, as its documentation shows it.
import React from "react";
import { createRoot } from "react-dom/client";
import { Booker, CalProvider } from "@calcom/atoms";

const { api, accessToken, username, slug, rescheduleUid, done } = window.page;

createRoot(document.getElementById("root")).render(
  <CalProvider
    clientId="no-client"
    accessToken={accessToken}
    options={{ apiUrl: api, refreshUrl: `${api}/no-refresh` }}
    autoUpdateTimezone={false}
  >
    <Booker
      username={username}
      eventSlug={slug}
      rescheduleUid={rescheduleUid}
      defaultFormValues={{ name: "Bo Oker", email: "bo@example.com" }}
      onCreateBookingSuccess={done}
      onCreateRecurringBookingSuccess={done}
      onCreateBookingError={done}
      onCreateRecurringBookingError={done}
    />
  </CalProvider>,
);
