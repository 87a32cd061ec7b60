// What is clicked in the graph goes into the address, beside whatever else stands there already.
import { follow } from "./address.js";

/** Put some parameters into the address of this page (null or "" takes one out) and go there. */
export function change(parameters) {
  const target = new URL(document.location.href);
  for (const [name, value] of Object.entries(parameters)) {
    if (value) target.searchParams.set(name, value);
    else target.searchParams.delete(name);
  }
  follow(target.href);
}
