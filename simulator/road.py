"""The road and its cars: every constant of DeepTraffic v2's physics, with its unit."""

from typing import Final

# Source of all: DeepTraffic v2 (MIT 6.S094, 2018), measured; written down in docs/simulator.md.

LANES: Final = 7
ROWS: Final = 70
LANE_PIXELS: Final = 20.0  # [px] width of a lane
ROW_PIXELS: Final = 10.0  # [px] length of a row
ROAD_PIXELS: Final = 140.0  # [px] width of the road
END_PIXELS: Final = 700.0  # [px] length of the road; y grows backward, forward is -y
LANE_MARGIN: Final = 4.0  # [px] from a lane's left edge to a settled car's left edge

CARS: Final = 20
MAX_OTHER_AGENTS: Final = 10
CAR_ROWS: Final = 4  # [rows] that a car's mark covers
MARK_PIXELS: Final = 30.0  # [px] from the first to the last marked point along a car
MARK_WIDTH: Final = 10.0  # [px] from the left to the right marked point across a car
CENTRE_PIXELS: Final = 7.5  # [px] from a car's left edge to its centre line

EGO_LANE: Final = 3
EGO_ROW: Final = 56  # [row] that the placement keeps clear for the ego
EGO_X: Final = 64.0  # [px]
EGO_Y: Final = 525.0  # [px]
CAMERA_START: Final = 1.5  # [px/frame] the road's own speed when the ego stands at EGO_Y

FRAMES_PER_DECISION: Final = 30
LATERAL_SPEED: Final = 20.0 / 30.0  # [px/frame] so that a lane change takes 30 frames
SETTLED_PIXELS: Final = 0.5  # [px] off its lane's place within which a car may turn

NPC_THROTTLE: Final = 1.0  # [1] slowest; with NPC_SPREAD: 40 to 54 mph
NPC_SPREAD: Final = 0.7  # [1] times half a draw
AGENT_THROTTLE: Final = 1.7  # [1] at the start, for the other agents
EGO_THROTTLE: Final = 2.0  # [1] at the start
MAX_THROTTLE: Final = 2.0
THROTTLE_STEP: Final = 0.02  # [1] per decision

FOLLOW_START: Final = 1.0  # [px/frame per unit of throttle]
FREE_FOLLOW: Final = 2.0  # the follow limit of a car with nothing ahead
FOLLOW_ROWS: Final = 4  # [rows] that a car looks ahead
FOLLOW_STEP: Final = 0.5  # the follow limit per free row ahead
EMPTY_ROAD: Final = (
    100.0  # what an empty cell shows instead of a speed; also the observations' unit
)

LANE_CHANGE: Final = 0.99  # [probability] a draw above it, plus LANE_CHANGE_SLACK times the limit
LANE_CHANGE_SLACK: Final = 0.004
TURN_ROWS: Final = 3.0  # [rows per unit of throttle] that a turn needs free ahead

FRONT_PIXELS: Final = 68.0  # [px] past either end of the road at which a car is replaced
FRONT_Y: Final = -34.0  # [px] where a car that fell behind enters again
BACK_Y: Final = 734.0  # [px] where a car that drove ahead enters again

NONE, ACCELERATE, DECELERATE, LEFT, RIGHT = range(5)
ACTIONS: Final = 5

MPH_PER_PIXEL: Final = 20.0  # [mph per px/frame]
MAX_MPH: Final = 80.0  # [mph] throttle 2 at follow limit 2
MPH_DIGITS: Final = 100.0  # a run's average is floored to 1/100 mph
REWARD_ZERO: Final = 60.0  # [px] driven in 30 frames at which the reward is 0: 40 mph
REWARD_SCALE: Final = 20.0  # [px per unit of reward]
