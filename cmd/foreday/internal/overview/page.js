// Keeps the page up to date. Without it, the page shows what was so when it was opened.
const now = document.getElementById("now"), link = document.getElementById("link");
function follow() {
  const source = new EventSource("/overview/live");
  source.onmessage = event => {
    now.innerHTML = event.data;
    document.body.classList.remove("old");
    link.textContent = "live";
  };
  source.onerror = () => {
    document.body.classList.add("old");
    link.textContent = "no connection: tried again";
    // A browser does not try again by itself after an answer that is no stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 3000 + 4000 * Math.random());
  };
}
follow();
