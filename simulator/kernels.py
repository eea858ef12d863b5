"""The compiled frame of one road: move, follow, turn, score.

Written so that every operation on floats is the one that docs/simulator.md names, in its order:
the plain-Python oracle of the tests gets the same bits.
"""

import math
from typing import Final

import numpy as np

from simulator.compiled import compiled, inlined
from simulator.draws import (
    CHANGE,
    DIRECTION,
    DRAWN_AT_ONCE,
    RESPAWN_LANE,
    RESPAWN_THROTTLE,
    draw,
    find_rare,
)
from simulator.placement import npc_throttle
from simulator.road import (
    ACCELERATE,
    BACK_Y,
    CAMERA_START,
    CAR_ROWS,
    CARS,
    CENTRE_PIXELS,
    DECELERATE,
    EGO_Y,
    END_PIXELS,
    FOLLOW_ROWS,
    FOLLOW_STEP,
    FREE_FOLLOW,
    FRONT_PIXELS,
    FRONT_Y,
    LANE_CHANGE,
    LANE_CHANGE_SLACK,
    LANE_MARGIN,
    LANE_PIXELS,
    LATERAL_SPEED,
    LEFT,
    MARK_PIXELS,
    MARK_WIDTH,
    MAX_THROTTLE,
    RIGHT,
    ROAD_PIXELS,
    ROW_PIXELS,
    ROWS,
    SETTLED_PIXELS,
    THROTTLE_STEP,
    TURN_ROWS,
)
from simulator.rules import Quirks
from simulator.state import (
    CAMERA,
    KEY_OF_ROW_0,
    KEYS_A_COLUMN,
    NEAR_SLOTS,
    NOWHERE,
    SLOTS,
    TOTAL,
    TRAVELLED,
    Road,
    first_key,
    on_road,
    signed,
)
from simulator.streams import MODULUS, any_above, jumped, stream_unit
from simulator.vectors import (
    WIDTH,
    add_keys,
    all_four,
    any_below,
    floors,
    four,
    greater,
    lesser,
    lowest_bit,
    near,
    put_four,
    put_whole,
    whole_below,
)

NOBODY: Final = -1  # in place of a car
LEFTWARD: Final = -1  # [lanes]
RIGHTWARD: Final = 1  # [lanes]
# Draws up to this one never pass the lane-change test. It is a little low, for follow limits below
# 0: behind a car whose throttle is, by up to a step, as the original lets it be.
COMMON: Final = LANE_CHANGE - LANE_CHANGE_SLACK * FREE_FOLLOW * THROTTLE_STEP
RARE_WORD: Final = int(COMMON * 2**32)
COMMON_STATE: Final = int(COMMON * (MODULUS - 1))
# A quotient d/a can be below a limit only if d is below the limit times a, give or take a hair.
A_HAIR: Final = 1e-9  # [px/frame]
# A car covers four rows; five if rounding puts its last marked point on the edge of the next.
EDGE_PIXELS: Final = 1e-6  # [px] how near to the next row a car is looked at more closely
ONE: Final = np.uint64(1)
NONE_OF_THEM: Final = np.uint64(0)


@inlined
def row_of(y: float) -> int:
    """Returns the row of a car's front."""
    return whole_below(y / ROW_PIXELS)  # type: ignore[no-any-return]


@inlined
def last_row_of(y: float) -> int:
    """Returns the last row that a car covers."""
    return whole_below((y + MARK_PIXELS) / ROW_PIXELS)  # type: ignore[no-any-return]


@inlined
def place_of(lane: int) -> float:
    """Returns the x of a car settled in a lane [px]."""
    return LANE_PIXELS * lane + LANE_MARGIN


@inlined
def speed(road: Road, car: int) -> float:
    """Returns a car's speed [px/frame]."""
    return road.follow[car] * road.throttle[car]  # type: ignore[no-any-return]


@inlined
def next_number(road: Road, quirks: Quirks, frame: int, car: int, purpose: int) -> float:
    """Returns the draw for a purpose: its own, or in the original the behaviour stream's next."""
    if quirks.streams:
        road.behaviour = jumped(road.behaviour, 1)
        return stream_unit(road.behaviour)
    return draw(road.seed, frame, car, purpose)


@inlined
def settle(road: Road, car: int) -> None:
    """Notes that a car stands in its lane and nowhere else."""
    road.x[car] = place_of(road.lane[car])
    road.base[car] = first_key(road.lane[car])
    road.centre[car] = road.base[car]
    road.changing &= ~(ONE << np.uint64(car))


@inlined
def drive_on(road: Road) -> bool:
    """Moves every car along the road and finds its row; returns whether one has left the road."""
    camera = all_four(road.sums[CAMERA])
    length = all_four(ROW_PIXELS)
    highest = all_four(0.0)
    lowest = all_four(0.0)
    longest = all_four(0.0)
    for car in range(0, CARS, WIDTH):
        v = four(road.follow, car) * four(road.throttle, car)
        y = four(road.y, car) - (v - camera)
        put_four(road.shown, car, v)
        put_four(road.y, car, y)
        row = floors(y / length)
        put_whole(road.row, car, row)
        highest = lesser(highest, y)
        lowest = greater(lowest, y)
        longest = greater(longest, y - row * length)
    road.rows = CAR_ROWS + any_below(all_four(ROW_PIXELS - EDGE_PIXELS), longest)
    beyond = all_four(END_PIXELS + FRONT_PIXELS)
    return any_below(highest, all_four(-FRONT_PIXELS)) or any_below(beyond, lowest)  # type: ignore[no-any-return]


@compiled
def respawn(road: Road, quirks: Quirks, frame: int, agents: int) -> None:
    """Lets cars that left the road enter again in a drawn lane, uncontrolled ones as others."""
    for car in range(CARS):
        y = road.y[car]
        if -FRONT_PIXELS <= y <= END_PIXELS + FRONT_PIXELS:
            continue
        road.y[car] = BACK_Y if y < 0.0 else FRONT_Y
        road.row[car] = np.uint16(row_of(road.y[car]))
        number = next_number(road, quirks, frame, car, RESPAWN_LANE)
        road.lane[car] = int(ROAD_PIXELS * number / LANE_PIXELS)
        settle(road, car)
        if car >= agents:
            number = next_number(road, quirks, frame, car, RESPAWN_THROTTLE)
            road.throttle[car] = npc_throttle(number)


@inlined
def slide(road: Road, car: int) -> None:
    """Moves a car that changes lanes sideways, toward its lane."""
    x = road.x[car]
    way = place_of(road.lane[car]) - x
    if abs(way) < LATERAL_SPEED:
        settle(road, car)
    else:
        road.x[car] = x + (LATERAL_SPEED if way > 0.0 else -LATERAL_SPEED)


@inlined
def find_columns(road: Road, car: int, straddling: int) -> int:
    """Notes the columns of a car between lanes; returns how many cars straddle two by now."""
    x = road.x[car]
    left = whole_below(x / LANE_PIXELS)
    right = whole_below((x + MARK_WIDTH) / LANE_PIXELS)
    road.base[car] = first_key(left)
    road.centre[car] = first_key(whole_below((x + CENTRE_PIXELS) / LANE_PIXELS))
    if left != right:
        slot = CARS + straddling
        road.base[slot] = first_key(right)
        road.row[slot] = road.row[car]
        road.car[slot] = car
        straddling += 1
    return straddling


@inlined
def slide_all(road: Road) -> None:
    """Moves all cars that change lanes sideways and brings all keys up to date."""
    straddling = 0
    changing = road.changing
    while changing != NONE_OF_THEM:
        car = lowest_bit(changing)
        changing &= changing - ONE
        slide(road, car)
        straddling = find_columns(road, car, straddling)
    for slot in range(CARS + straddling, CARS + road.straddling):
        road.base[slot] = NOWHERE
    find_keys(road, straddling)


@inlined
def find_keys(road: Road, straddling: int) -> None:
    """Brings the keys up to date with rows and columns."""
    most = max(road.straddling, straddling)
    add_keys(road.key, road.base, road.row, 0)
    add_keys(road.ahead, road.centre, road.row, 0)
    if most > NEAR_SLOTS - CARS:
        add_keys(road.key, road.base, road.row, NEAR_SLOTS)
    road.straddling = straddling


@inlined
def slots_near(road: Road, key: int, span: int) -> np.uint64:
    """Returns a bit for each slot whose key is 0 to span - 1 below a key."""
    found = near(road.key, 0, key, span)
    if road.straddling > NEAR_SLOTS - CARS:
        found |= near(road.key, NEAR_SLOTS, key, span) << np.uint64(NEAR_SLOTS)
    return found  # type: ignore[no-any-return]


@inlined
def car_in(road: Road, column: int, row: int) -> int:
    """Returns the car that was last marked in a cell of the road, or NOBODY."""
    car = NOBODY
    slots = slots_near(road, first_key(column) + row, road.rows)
    while slots != NONE_OF_THEM:
        other = signed(road.car[lowest_bit(slots)])
        slots &= slots - ONE
        if row <= last_row_of(road.y[other]):
            car = max(car, other)
    return car


@inlined
def slower(limit: float, road: Road, car: int, other: int, quirks: Quirks) -> float:
    """Returns the limit, lowered to what keeps a car from being faster than another."""
    throttle = road.throttle[car]
    ahead = road.shown[other]
    if throttle > 0.0:
        # Most quotients are above the limit: a product says so sooner than a division.
        if ahead < limit * throttle + A_HAIR:
            return min(limit, float(ahead / throttle))
    elif quirks.loose_throttle:
        return min(limit, float(ahead / throttle))
    # A standing car needs no limit, and the quotient would not be a number.
    return limit


@inlined
def follow_one(road: Road, car: int, row: int, slot: int, quirks: Quirks) -> float:
    """Returns the follow limit if one car, of four rows, may be in the column's next rows."""
    distance = signed(road.ahead[car]) - signed(road.key[slot])
    nearest = max(1, distance - (CAR_ROWS - 1), row - (ROWS - 1))
    if nearest > min(FOLLOW_ROWS, distance, row):
        return FREE_FOLLOW
    return slower(FOLLOW_STEP * (nearest - 1), road, car, road.car[slot], quirks)


@inlined
def follow_many(road: Road, car: int, row: int, quirks: Quirks) -> float:
    """Returns the follow limit, cell by cell: cars there may cover each other."""
    limit = FREE_FOLLOW
    column = (road.centre[car] - KEY_OF_ROW_0) // KEYS_A_COLUMN
    for rows in range(1, FOLLOW_ROWS + 1):
        if 0 <= row - rows < ROWS:
            other = car_in(road, column, row - rows)
            if other != NOBODY:
                limit = slower(min(limit, FOLLOW_STEP * (rows - 1)), road, car, other, quirks)
    return limit


@inlined
def follow_all(road: Road, quirks: Quirks) -> None:
    """Gives every car the follow limit that the cars up to four rows ahead leave to it."""
    span = FOLLOW_ROWS + road.rows - 1
    for car in range(CARS):
        ahead = signed(road.ahead[car])
        slots = slots_near(road, ahead - 1, span)
        limit = FREE_FOLLOW
        if slots != NONE_OF_THEM:
            row = ahead - signed(road.centre[car])
            if slots & (slots - ONE) == NONE_OF_THEM and road.rows == CAR_ROWS:
                limit = follow_one(road, car, row, lowest_bit(slots), quirks)
            else:
                limit = follow_many(road, car, row, quirks)
        road.follow[car] = limit


@compiled
def turn(road: Road, car: int, direction: int) -> None:
    """Starts a lane change if the car is settled and the lane is free ahead and alongside."""
    x = road.x[car]
    if abs(x - place_of(road.lane[car])) >= SETTLED_PIXELS:
        return
    column = math.floor((x + CENTRE_PIXELS) / LANE_PIXELS + direction)
    offset = -TURN_ROWS * road.throttle[car]
    while offset < CAR_ROWS:
        row = math.floor(road.y[car] / ROW_PIXELS + offset)
        if not on_road(column, row) or car_in(road, column, row) != NOBODY:
            return
        offset += 1.0
    road.lane[car] += direction
    road.changing |= ONE << np.uint64(car)


@inlined
def wander(road: Road, quirks: Quirks, frame: int, car: int) -> None:
    """Lets an uncontrolled car try a lane change, more often the less it is held up."""
    number = next_number(road, quirks, frame, car, CHANGE)
    if number > LANE_CHANGE + LANE_CHANGE_SLACK * road.follow[car]:
        number = next_number(road, quirks, frame, car, DIRECTION)
        turn(road, car, LEFTWARD if number > 0.5 else RIGHTWARD)  # noqa: PLR2004 - either side


@inlined
def uncontrolled(cars: np.uint64, agents: int) -> np.uint64:
    """Returns the bits of cars without those of the controlled ones."""
    return cars >> np.uint64(agents) << np.uint64(agents)


@inlined
def wander_all(road: Road, quirks: Quirks, frame: int, agents: int) -> None:
    """Lets the uncontrolled cars try lane changes; looks first whether any can."""
    cars = np.uint64((1 << CARS) - 1)
    if quirks.streams:
        if not any_above(road.behaviour, CARS - agents, COMMON_STATE):
            road.behaviour = jumped(road.behaviour, CARS - agents)
            return
    else:
        if frame % DRAWN_AT_ONCE == 0:
            find_rare(road.seed, frame, CHANGE, RARE_WORD, road.rare)
        cars = road.rare[frame % DRAWN_AT_ONCE]
    cars = uncontrolled(cars, agents)
    while cars != NONE_OF_THEM:
        wander(road, quirks, frame, lowest_bit(cars))
        cars &= cars - ONE


@inlined
def act(road: Road, quirks: Quirks, car: int, action: int) -> None:
    """Carries out a controlled car's decision."""
    throttle = road.throttle[car]
    if action == ACCELERATE and throttle < MAX_THROTTLE:
        faster = throttle + THROTTLE_STEP
        road.throttle[car] = faster if quirks.loose_throttle else min(MAX_THROTTLE, faster)
    elif action == DECELERATE and throttle > 0.0:
        less = throttle - THROTTLE_STEP
        road.throttle[car] = less if quirks.loose_throttle else max(0.0, less)
    elif action in (LEFT, RIGHT):
        turn(road, car, LEFTWARD if action == LEFT else RIGHTWARD)


@inlined
def begin_frame(road: Road, quirks: Quirks, frame: int, agents: int) -> None:
    """Drives the part of a frame before any decision: move, follow, wander."""
    if drive_on(road):
        respawn(road, quirks, frame, agents)
    road.sums[CAMERA] = CAMERA_START - (road.y[0] - EGO_Y)
    slide_all(road)
    follow_all(road, quirks)
    wander_all(road, quirks, frame, agents)


@inlined
def show_ego(road: Road) -> None:
    """Shows the ego's speed of this frame in its own cells and adds it to its way."""
    road.shown[0] = speed(road, 0)
    road.sums[TRAVELLED] += road.shown[0]


@inlined
def end_frame(road: Road, agents: int) -> None:
    """Adds the controlled cars' mean speed to the run's total, decisions carried out."""
    way = 0.0
    for car in range(agents):
        way += max(0.0, speed(road, car))
    road.sums[TOTAL] += way / agents


@compiled
def derive(road: Road) -> None:
    """Finds rows, columns and lane changes anew: after places and lanes were set from outside."""
    road.changing = NONE_OF_THEM
    road.rows = CAR_ROWS + 1
    for slot in range(CARS, SLOTS):
        road.base[slot] = NOWHERE
    straddling = 0
    for car in range(CARS):
        road.shown[car] = speed(road, car)
        road.row[car] = np.uint16(row_of(road.y[car]))
        if road.x[car] == place_of(road.lane[car]):
            settle(road, car)
        else:
            road.changing |= ONE << np.uint64(car)
            straddling = find_columns(road, car, straddling)
    find_keys(road, SLOTS - CARS)
    road.straddling = straddling
