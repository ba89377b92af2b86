// Keeps the page up to date. Without it, the page shows what was so when it was opened.
const now = document.getElementById("now"), link = document.getElementById("link");
const source = new EventSource("/overview/live");
source.onmessage = event => {
  now.innerHTML = event.data;
  document.body.classList.remove("old");
  link.textContent = "live";
};
source.onerror = () => {
  document.body.classList.add("old");
  link.textContent = "no connection: tried again";
};
