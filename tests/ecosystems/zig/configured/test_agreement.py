"""A report that differs in anything from the configuration that zig printed is refused."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from reviewer.ecosystems.zig.configured.agreement import require_agreement
from reviewer.ecosystems.zig.configured.printed import read_printed
from reviewer.ecosystems.zig.configured.report import Report
from reviewer.errors import ReviewerError

PRINTED = rb""".{
    .default_step = 0,
    .steps = .{
        .{
            .name = "install",
            .owner = .root,
            .deps = .{
                1,
            },
            .max_rss = 0,
            .extended = .{
                .flags = .{ .tag = .top_level, ._ = 0 },
                .description = "",
            },
        },
        .{
            .name = "run \"it\" \xff",
            .owner = 65,
            .deps = .{},
            .max_rss = 0,
            .extended = .{
                .flags = .{
                    .tag = .run,
                    .has_side_effects = false,
                    ._ = 0,
                },
                .args = .{
                    .{
                        .flags = .{ .tag = .string, .dep_file = false, ._ = 0 },
                        .prefix = "cp",
                        .suffix = null,
                        .basename = null,
                        .path = null,
                        .producer = null,
                        .generated = null,
                    },
                    .{
                        .flags = .{ .tag = .path_file, .dep_file = false, ._ = 0 },
                        .prefix = null,
                        .suffix = null,
                        .basename = null,
                        .path = .{
                            .flags = .{ .tag = .source_path, ._ = 0 },
                            .owner = 65,
                            .sub_path = "in",
                        },
                        .producer = null,
                        .generated = null,
                    },
                    .{
                        .flags = .{ .tag = .output_file, .dep_file = false, ._ = 0 },
                        .prefix = "-o",
                        .suffix = null,
                        .basename = "out",
                        .path = null,
                        .producer = null,
                        .generated = 3,
                    },
                },
                .cwd = null,
                .captured_stdout = null,
                .captured_stderr = null,
                .file_inputs = .{
                    .{
                        .flags = .{ .tag = .generated, .up = 1 },
                        .index = 7,
                        .sub_path = "x",
                    },
                },
                .stdin = .{
                    .bytes = .{
                        .index = 12,
                        .len = 4,
                    },
                },
            },
        },
    },
    .path_deps = .{},
}"""
RUN = {
    "args": [
        {"kind": "bytes", "prefix": "cp", "suffix": ""},
        {"kind": "lazy_path", "prefix": "", "suffix": "", "path": {"base": 1, "sub": "in"}},
        {"kind": "output_file", "prefix": "-o", "suffix": "", "output": {"name": "out", "generated": 3}},
    ],
    "file_inputs": [{"base": "generated", "generated": 7, "step": 0, "up": 1, "sub": "x"}],
    "cwd": None,
    "stdin": {"bytes": "text"},
    "captured": [],
    "has_side_effects": False,
}
STEPS: list[dict[str, Any]] = [
    {"package": 0, "kind": "top_level", "name": "install", "depends_on": [1]},
    {"package": 1, "kind": "run", "name": 'run "it" \xff', "depends_on": [], "run": RUN},
]


def report(steps: list[dict[str, Any]]) -> Report:
    return Report((), (), steps, "", {}, {}, (), None)


def changed(change: Callable[[list[dict[str, Any]]], object]) -> Report:
    steps = copy.deepcopy(STEPS)
    change(steps)
    return report(steps)


def test_the_same_told_in_two_ways_agrees() -> None:
    require_agreement(report(STEPS), read_printed(PRINTED))


@pytest.mark.parametrize(
    "change",
    [
        lambda steps: steps.pop(),
        lambda steps: steps[1].update(name="run it"),
        lambda steps: steps[1].update(kind="options"),
        lambda steps: steps[0].update(depends_on=[]),
        lambda steps: steps[1].update(package=0),
        lambda steps: steps[1].pop("run"),
        lambda steps: steps[1]["run"]["args"].pop(),
        lambda steps: steps[1]["run"]["args"][0].update(prefix="mv"),
        lambda steps: steps[1]["run"]["args"][1].update(suffix=".txt"),
        lambda steps: steps[1]["run"]["args"][1]["path"].update(sub="other"),
        lambda steps: steps[1]["run"]["args"][1]["path"].update(base=0),
        lambda steps: steps[1]["run"]["args"][2]["output"].update(name="other"),
        lambda steps: steps[1]["run"]["args"][2].update(kind="output_directory"),
        lambda steps: steps[1]["run"]["file_inputs"][0].update(generated=8),
        lambda steps: steps[1]["run"]["file_inputs"].clear(),
        lambda steps: steps[1]["run"].update(cwd={"base": 0, "sub": "."}),
        lambda steps: steps[1]["run"].update(stdin=None),
        lambda steps: steps[1]["run"]["stdin"].update(bytes="longer"),
        lambda steps: steps[1]["run"]["captured"].append({"name": "stdout", "generated": 9}),
        lambda steps: steps[1]["run"].update(has_side_effects=True),
    ],
)
def test_any_difference_is_refused(change: Callable[[list[dict[str, Any]]], object]) -> None:
    with pytest.raises(ReviewerError, match="differs from the configuration"):
        require_agreement(changed(change), read_printed(PRINTED))


def test_one_package_cannot_pass_for_two_nor_two_for_one() -> None:
    twice = re.sub(rb"\.owner = \.root", b".owner = 9", PRINTED)
    with pytest.raises(ReviewerError, match="owner"):
        require_agreement(report(STEPS), read_printed(twice))


def test_a_report_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ReviewerError, match="contradicts itself"):
        require_agreement(changed(lambda steps: steps[1]["run"].pop("stdin")), read_printed(PRINTED))
