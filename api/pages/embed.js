// One line in somebody's page puts the check there: <script src="https://records.example/embed.js" async></script>
(() => {
  "use strict";
  const here = document.currentScript;
  const frame = document.createElement("iframe");
  const origin = new URL(here.src).origin;
  frame.src = origin + "/embed" + (here.dataset.lang ? "?lang=" + encodeURIComponent(here.dataset.lang) : "");
  frame.title = here.dataset.title || "Check a document";
  frame.loading = "lazy";
  frame.allow = "camera";
  frame.style.cssText = "width:100%;border:0;min-height:32rem";
  addEventListener("message", (event) => {
    if (event.origin === origin && event.source === frame.contentWindow) {
      const height = Number(event.data && event.data.learnerCreditWallet);
      if (height > 0 && height < 20000) frame.style.height = height + "px";
    }
  });
  const place = () => (document.body.contains(here) ? here.after(frame) : document.body.append(frame));
  if (document.body) place(); else addEventListener("DOMContentLoaded", place);
})();
