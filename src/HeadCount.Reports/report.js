// A picture fills the window when it is clicked; clicking again magnifies it around the pointer, four times at most.
const dialog = document.querySelector("dialog"), frame = dialog.querySelector("div");
const large = dialog.querySelector("img");
let zoom = 1;
function resize() {
  const fit = Math.min(frame.clientWidth / large.naturalWidth, frame.clientHeight / large.naturalHeight);
  large.style.width = `${large.naturalWidth * fit * zoom}px`;
}
for (const img of document.querySelectorAll(".pictures img"))
  img.addEventListener("click", () => {
    large.src = img.src;
    large.alt = img.alt;
    zoom = 1;
    dialog.showModal();
    resize();
  });
large.addEventListener("click", event => {
  const x = event.offsetX / large.clientWidth, y = event.offsetY / large.clientHeight;
  zoom = zoom >= 4 ? 1 : zoom * 2;
  resize();
  frame.scrollTo(x * large.clientWidth - frame.clientWidth / 2, y * large.clientHeight - frame.clientHeight / 2);
});
dialog.querySelector("button").addEventListener("click", () => dialog.close());
addEventListener("resize", () => { if (dialog.open) resize(); });
