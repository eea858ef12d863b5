import assert from "node:assert/strict";
import test from "node:test";

import { folds } from "../../leaderboard/static/leaderboard/menu.js";

const inside = {}, outside = {};
const menu = (open) => ({ open, contains: (it) => it === inside });

test("an open menu folds by Escape and by no other key", () => {
  assert.equal(folds(menu(true), { type: "keydown", key: "Escape" }), true);
  assert.equal(folds(menu(true), { type: "keydown", key: "Enter" }), false);
});

test("it folds when a click or the focus goes elsewhere", () => {
  assert.equal(folds(menu(true), { type: "click", target: outside }), true);
  assert.equal(folds(menu(true), { type: "click", target: inside }), false);
  assert.equal(folds(menu(true), { type: "focusout", relatedTarget: outside }), true);
  assert.equal(folds(menu(true), { type: "focusout", relatedTarget: inside }), false);
});

test("it stays when the focus leaves the window", () => {
  assert.equal(folds(menu(true), { type: "focusout", relatedTarget: null }), false);
});

test("a folded one stays folded", () => {
  assert.equal(folds(menu(false), { type: "click", target: outside }), false);
});
