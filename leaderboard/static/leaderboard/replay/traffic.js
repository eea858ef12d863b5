// A recorded run, driven again by the rules of the road: in every bit the simulator's positions.
// The steps are those of docs/recordings.md, "Driving it again".

import {
  BACK, CAMERA, CARS, CENTRE, CYCLE, EGO_Y, EMPTY, FRONT, LANE, LANES, MARK_LENGTH, MARK_WIDTH,
  ORIGINAL, ROW, ROWS, SETTLED, SIDEWAYS, home, timetable,
} from "./rules.js";

// The state of a road is one array, so that a snapshot is one copy.
const [X, Y, THROTTLE, FOLLOW, TO] = [0, 1, 2, 3, 4].map((part) => part * CARS);
const [SPEED, TOTAL, WAY, FRAME, ENTRY, CHANGE, DECISION, SEES] = [0, 1, 2, 3, 4, 5, 6, 7].map((place) => 5 * CARS + place);
export const STATE = 5 * CARS + 8;

export class Traffic {
  constructor(recording) {
    const { start, rules, others } = recording;
    this.recording = recording;
    this.agents = others + 1;
    this.original = rules === ORIGINAL;
    this.due = timetable(rules, others);
    this.state = new Float64Array(STATE);
    this.cells = new Float64Array(LANES * ROWS); // speeds as the cars see them, EMPTY where none is
    const part = (place) => this.state.subarray(place, place + CARS);
    this.x = part(X);
    this.y = part(Y);
    this.throttle = part(THROTTLE);
    this.follow = part(FOLLOW);
    this.lane = part(TO);
    this.lane.set(start.lane);
    this.x.set(Array.from(start.lane, home));
    this.y.set(start.y);
    this.throttle.set(start.throttle);
    this.follow.fill(1);
    this.state[SPEED] = CAMERA;
    this.state[SEES] = start.lane[0];
    this.mark();
  }

  get frame() { return this.state[FRAME]; } // completed
  get total() { return this.state[TOTAL]; } // [px] of the controlled cars' mean way
  get way() { return this.state[WAY]; } // [px] that the road has moved by under the camera
  get sees() { return this.state[SEES]; } // the lane from which the ego saw what it saw

  speed(car) {
    return this.follow[car] * this.throttle[car];
  }

  restore(snapshot) {
    this.state.set(snapshot);
  }

  step() {
    const { state, recording } = this;
    const frame = state[FRAME];
    state[SEES] = this.lane[0];
    this.move(frame);
    state[SPEED] = CAMERA - (this.y[0] - EGO_Y);
    this.mark();
    for (let car = 0; car < CARS; car++) this.follow[car] = this.limit(car);
    const { changes, decisions } = recording;
    for (; changes.frame[state[CHANGE]] === frame; state[CHANGE]++) {
      this.lane[changes.car[state[CHANGE]]] = changes.lane[state[CHANGE]];
    }
    const car = this.due[frame % CYCLE];
    const action = car < 0 ? 0 : decisions[state[DECISION]++];
    if (car > 0) {
      const last = this.original ? this.agents - 1 : car;
      for (let other = car; other <= last; other++) this.act(other, action);
    }
    this.show(0, this.speed(0));
    if (car === 0 || (car > 0 && this.original)) this.act(0, action);
    let sum = 0;
    for (let agent = 0; agent < this.agents; agent++) sum += Math.max(0, this.speed(agent));
    state[TOTAL] += sum / this.agents;
    state[FRAME] = frame + 1;
  }

  move(frame) {
    const { state, x, y, lane } = this;
    const { entries } = this.recording;
    const camera = state[SPEED];
    state[WAY] += camera;
    for (let car = 0; car < CARS; car++) {
      y[car] -= this.speed(car) - camera;
      const entry = state[ENTRY];
      if (entries.frame[entry] === frame && entries.car[entry] === car) {
        y[car] = y[car] < 0 ? BACK : FRONT;
        lane[car] = entries.lane[entry];
        if (car >= this.agents) this.throttle[car] = entries.throttle[entry];
        x[car] = home(lane[car]);
        state[ENTRY]++;
      } else {
        const left = home(lane[car]) - x[car];
        if (Math.abs(left) < SIDEWAYS) x[car] = home(lane[car]);
        else x[car] += left > 0 ? SIDEWAYS : -SIDEWAYS;
      }
    }
  }

  mark() {
    this.cells.fill(EMPTY);
    for (let car = 0; car < CARS; car++) this.show(car, this.speed(car));
  }

  show(car, speed) {
    const [x, y] = [this.x[car], this.y[car]];
    const [left, right] = [Math.floor(x / LANE), Math.floor((x + MARK_WIDTH) / LANE)];
    const last = Math.min(ROWS - 1, Math.floor((y + MARK_LENGTH) / ROW));
    for (let row = Math.max(0, Math.floor(y / ROW)); row <= last; row++) {
      this.cells[row * LANES + left] = speed;
      this.cells[row * LANES + right] = speed;
    }
  }

  // A cell's speed; `outside` where there is no road.
  at(column, row, outside) {
    return column >= 0 && column < LANES && row >= 0 && row < ROWS ? this.cells[row * LANES + column] : outside;
  }

  // The safety rule: how fast what is ahead lets a car be, per unit of its throttle.
  limit(car) {
    let limit = 2;
    const throttle = this.throttle[car];
    const column = Math.floor((this.x[car] + CENTRE) / LANE);
    for (let rows = 1; rows <= 4; rows++) {
      const speed = this.at(column, Math.floor((this.y[car] - ROW * rows) / ROW), EMPTY);
      if (speed >= EMPTY) continue;
      limit = Math.min(limit, 0.5 * (rows - 1));
      if (throttle > 0 || this.original) {
        const most = speed / throttle;
        if (most < limit) limit = most;
      }
    }
    return limit;
  }

  // The cells that must be free for a turn: ahead by the throttle, and alongside.
  rowsOfTurn(car) {
    const rows = [];
    for (let offset = -3 * this.throttle[car]; offset < 4; offset += 1) {
      rows.push(Math.floor(this.y[car] / ROW + offset));
    }
    return rows;
  }

  mayTurn(car, direction) {
    if (Math.abs(this.x[car] - home(this.lane[car])) >= SETTLED) return false;
    const column = Math.floor((this.x[car] + CENTRE) / LANE + direction);
    return this.rowsOfTurn(car).every((row) => this.at(column, row, 0) >= EMPTY);
  }

  act(car, action) {
    const throttle = this.throttle[car];
    if (action === 1 && throttle < 2) {
      this.throttle[car] = this.original ? throttle + 0.02 : Math.min(2, throttle + 0.02);
    } else if (action === 2 && throttle > 0) {
      this.throttle[car] = this.original ? throttle - 0.02 : Math.max(0, throttle - 0.02);
    } else if (action >= 3) {
      const direction = action === 3 ? -1 : 1;
      if (this.mayTurn(car, direction)) this.lane[car] += direction;
    }
  }
}
