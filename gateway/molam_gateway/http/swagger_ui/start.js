"use strict";

// Shows the document that the page names. Calls can be tried out in a sandbox only.
const place = document.getElementById("reference");
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  supportedSubmitMethods: place.dataset.tries === "yes" ? ["get", "post", "patch", "delete"] : [],
  validatorUrl: null,
  deepLinking: false,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  persistAuthorization: false,
});
