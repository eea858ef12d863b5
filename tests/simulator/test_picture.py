"""Pictures of a road: what is painted where, and files that others can read."""

import struct
import zlib
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from simulator.picture import (
    HEIGHT,
    PAINT,
    SIGNAL,
    TRAFFIC_GREY,
    WIDTH,
    Scene,
    Shape,
    scene,
    shapes,
    svg,
)
from simulator.raster import pixels, png
from simulator.traffic import Traffic, View

FAR_AWAY = 10_000.0  # [px] where a car isn't painted


def two_cars(other_y: float = 200.0) -> Scene:
    """The ego in lane 0 at y = 500 and car 1 in lane 6; the others are out of sight."""
    x, y = np.full(20, 4.0), np.full(20, FAR_AWAY)
    lane, follow = np.zeros(20, np.int64), np.full(20, 2.0)
    y[0], y[1], x[1], lane[1] = 500.0, other_y, 124.0, 6
    return Scene(x, y, lane, follow, agents=1)


def colour_at(picture: np.ndarray, x: float, y: float) -> str:
    """The colour of a place given in px of the road."""
    return "#" + bytes(picture[int(2 * y), int(2 * (x + 10))]).hex()


def test_a_car_is_painted_where_it_is_in_its_own_colour() -> None:
    picture = pixels(shapes(two_cars()))
    assert picture.shape == (1400, 320, 3)
    assert colour_at(picture, 10, 520) == SIGNAL
    assert colour_at(picture, 130, 220) == TRAFFIC_GREY
    assert colour_at(picture, 70, 520) not in (SIGNAL, TRAFFIC_GREY)


def test_another_agent_is_painted_in_white() -> None:
    picture = pixels(shapes(two_cars()._replace(agents=2)))
    assert colour_at(picture, 130, 220) == PAINT


def test_a_car_at_the_end_of_the_road_is_cut_off_and_one_beyond_is_left_out() -> None:
    half, gone = (pixels(shapes(two_cars(y))) for y in (-10.0, -34.0))
    assert colour_at(half, 130, 9) == TRAFFIC_GREY
    assert colour_at(gone, 130, 0) != TRAFFIC_GREY


def test_the_safety_rule_lights_the_brakes_and_a_lane_change_the_indicator() -> None:
    calm = two_cars()
    held, turning = calm.follow.copy(), calm.lane.copy()
    held[1], turning[1] = 0.5, 5
    lamps = {shape for shape in shapes(calm) if shape.fill == SIGNAL}
    braking = {s for s in shapes(calm._replace(follow=held)) if s.fill == SIGNAL} - lamps
    leaving = {s for s in shapes(calm._replace(lane=turning)) if s.fill == SIGNAL} - lamps
    assert sorted((shape.x > 140, shape.y > 230) for shape in braking) == [
        (False, True),
        (True, True),
    ]
    assert [(shape.x < 135, shape.y < 210) for shape in leaving] == [(True, True)]


def test_the_view_is_lit_as_far_as_there_is_road() -> None:
    dark = pixels(shapes(two_cars()))
    lit = pixels(shapes(two_cars()._replace(view=View(1, 20, 4))))
    changed = np.argwhere((dark != lit).any(axis=2)) / 2
    assert changed.min(axis=0) == pytest.approx([300, 10], abs=1)
    assert changed.max(axis=0) == pytest.approx([540, 50], abs=1)


def test_edges_are_smooth() -> None:
    picture = pixels([Shape(0, 0, WIDTH, HEIGHT, "#000000"), Shape(10.25, 10, 5, 5, "#ffffff")])
    assert picture[24, 20].tolist() == [128] * 3
    assert picture[24, 22].tolist() == [255] * 3


def test_pixels_survive_the_png_file() -> None:
    picture = pixels(shapes(two_cars()), scale=1)
    file = png(picture)
    assert file[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, place = {}, 8
    while place < len(file):
        length, kind = struct.unpack(">I4s", file[place : place + 8])
        content = file[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", file[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + content)
        chunks[kind], place = content, place + 12 + length
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (160, 700, 8, 2, 0, 0, 0)
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(700, 481)
    assert (lines[:, 0] == 2).all()
    assert (np.cumsum(lines[:, 1:], axis=0, dtype=np.uint8) == picture.reshape(700, 480)).all()


def test_the_same_shapes_stand_in_the_svg() -> None:
    painted = shapes(two_cars())
    drawing = ET.fromstring(svg(painted, scale=2))
    assert drawing.get("width") == "320"
    rectangles = drawing.findall("{http://www.w3.org/2000/svg}rect")
    assert [float(r.get("y")) for r in rectangles] == pytest.approx([s.y for s in painted])


def test_a_scene_is_a_copy_of_the_road_at_that_moment() -> None:
    traffic = Traffic(2, view=View(1, 10, 4), other_agents=3)
    traffic.reset([1, 2])
    before = scene(traffic, 1)
    traffic.step([0, 0])
    assert before.agents == 4
    assert before.view == View(1, 10, 4)
    assert (before.y != traffic.roads.y[1]).any()


@pytest.mark.parametrize("scale", [0, 9])
def test_a_scale_out_of_bounds_is_refused(scale: int) -> None:
    with pytest.raises(ValueError, match=f"scale is {scale}; it must be 1 to 8"):
        pixels([], scale=scale)
