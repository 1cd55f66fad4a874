// The bundler's names for Node: "sealed/x.js", "liaison/x.js", "messaging/x.js", "cases/x.js" (scripts/bundle.py).
import { register } from "node:module";

const root = new URL("../../", import.meta.url).href;
const hook = `
  const homes = { sealed: "sealed/js/", liaison: "liaison/static/liaison/js/", messaging: "messaging/static/messaging/js/", cases: "cases/static/cases/js/" };
  export function resolve(name, context, next) {
    const [home, ...rest] = name.split("/");
    return next(homes[home] && rest.length ? ${JSON.stringify(root)} + homes[home] + rest.join("/") : name, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
