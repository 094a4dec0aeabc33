"""The package against the real program: OPD_PROGRAM names it.  Usage: python3 -m unittest discover python/tests"""

import csv
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import opd  # noqa: E402

SWEEP = """
name: two
seeds: 2
base:
  data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}
  student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
  teacher: oracle
cases:
  base: {stages: []}
  sft: {stages: [{method: sft, steps: 3, prompts: 3}]}
axes:
  keyframes: [{uniform: {budget: 4}}, {tad: {budget: 4}}]
"""

SMALL = {
    "data": {"world": {"videos": 6, "devVideos": 2, "queriesPerVideo": 2, "frames": 10, "difficulty": "easy"}},
    "student": {"decoder": {"layers": 1, "width": 16, "heads": 2, "keyValueHeads": 1, "hidden": 32}},
}


def rows(table):
    """Rows as dictionaries, whether pandas is there or not."""
    return table if isinstance(table, list) else table.to_dict("records")


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.path = cls.scratch.name
        file = os.path.join(cls.path, "two.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(SWEEP)
        cls.folder = opd.sweep(file, out=os.path.join(cls.path, "two"), progress=False)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_every_number_has_its_run_arm_seed_and_factors(self):
        table = rows(opd.runs(self.folder))
        self.assertEqual({row["case"] for row in table}, {"base", "sft"})
        self.assertEqual({row["keyframes"] for row in table}, {"uniform", "tad"})
        self.assertEqual({row["seed"] for row in table}, {0, 1})
        ends = [r for r in rows(opd.runs(self.folder, "eval/mIoU")) if r["arm"] == "sft+keyframes=tad"]
        self.assertEqual({row["metric"] for row in ends}, {"eval/mIoU"})
        self.assertTrue(all(0 <= row["value"] <= 1 for row in ends))
        self.assertEqual(max(row["step"] for row in ends), 3)

    def test_a_pattern_and_an_arm_are_folders_too(self):
        arm = rows(opd.runs(os.path.join(self.folder, "sft*tad")))
        self.assertEqual({row["arm"] for row in arm}, {"sft+keyframes=tad"})
        with self.assertRaisesRegex(FileNotFoundError, "no runs in"):
            opd.runs(os.path.join(self.path, "nothing"))
        with self.assertRaisesRegex(ValueError, "No run has the metric 'eval/mIoX'. There are .*eval/mIoU"):
            opd.runs(self.folder, "eval/mIoX")

    def test_levels_that_are_numbers_are_numbers(self):
        with tempfile.TemporaryDirectory() as folder:
            plan = {"factors": ["case", "budget", "rate"], "levels": {"a": ["a", "8", "0.5"], "b": ["b", "24", "1"]}}
            for arm in plan["levels"]:
                os.makedirs(os.path.join(folder, arm, "seed-0"))
                with open(os.path.join(folder, arm, "seed-0", "metrics.jsonl"), "w") as file:
                    file.write(json.dumps({"step": 1, "loss": 2.0}) + "\n")
            with open(os.path.join(folder, "plan.json"), "w") as file:
                json.dump(plan, file)
            found = [(row["case"], row["budget"], row["rate"]) for row in rows(opd.runs(folder))]
            self.assertEqual(found, [("a", 8, 0.5), ("b", 24, 1)])
            self.assertFalse(isinstance(found[0][1], str) or isinstance(found[0][2], str))

    def test_the_program_writes_the_same_table(self):
        said = subprocess.run(
            [opd.program_path(), "export", self.folder, "--format", "csv"], capture_output=True, text=True, check=True
        ).stdout
        kept = ["run", "arm", "seed", "case", "keyframes", "stage", "step", "seconds", "metric", "value"]
        written = list(csv.DictReader(io.StringIO(said)))
        self.assertEqual(list(written[0]), kept)
        read = rows(opd.runs(self.folder))
        self.assertEqual(len(written), len(read))

        def numbers(row):
            about = tuple(str(row[name]) for name in ("run", "arm", "seed", "case", "keyframes", "step", "metric"))
            return about, row["stage"] if isinstance(row["stage"], str) else "", float(row["seconds"]), float(row["value"])

        self.assertEqual(sorted(map(numbers, written)), sorted(map(numbers, read)))
        wrong = subprocess.run(
            [opd.program_path(), "export", self.folder, "--format", "csv", "--metric", "eval/mIoX"], capture_output=True, text=True
        )
        self.assertNotEqual(wrong.returncode, 0)
        self.assertIn("eval/mIoU", wrong.stderr)

    def test_the_table_goes_to_parquet_and_back(self):
        for needed in ("pandas", "pyarrow"):
            if importlib.util.find_spec(needed) is None:
                self.skipTest(f"{needed} is not installed")
        import pandas

        table, path = opd.runs(self.folder), os.path.join(self.path, "numbers.parquet")
        table.to_parquet(path)
        pandas.testing.assert_frame_equal(pandas.read_parquet(path), table)

    def test_the_programs_parquet_is_its_csv_cell_by_cell(self):
        for needed in ("pandas", "pyarrow"):
            if importlib.util.find_spec(needed) is None:
                self.skipTest(f"{needed} is not installed")
        import pandas

        path = os.path.join(self.path, "written.parquet")
        command = [opd.program_path(), "export", self.folder, "--format"]
        subprocess.run([*command, "parquet", "-o", path], capture_output=True, check=True)
        said = subprocess.run([*command, "csv"], capture_output=True, text=True, check=True).stdout
        lines, table = list(csv.DictReader(io.StringIO(said))), pandas.read_parquet(path)
        self.assertEqual(list(table.columns), list(lines[0]))
        self.assertEqual(len(table), len(lines))
        kinds = {"seed": int, "step": int, "seconds": float, "value": float}
        for name in table.columns:
            read = [None if pandas.isna(cell) else cell for cell in table[name]]
            written = [kinds.get(name, str)(line[name]) if line[name] else None for line in lines]
            self.assertEqual(read, written, name)
        self.assertEqual({name: table[name].dtype.kind for name in kinds}, {"seed": "i", "step": "i", "seconds": "f", "value": "f"})

    def test_costs_are_those_of_the_ledger(self):
        accounts = {row["account"] for row in rows(opd.costs(self.folder))}
        self.assertLessEqual({"student", "evaluation"}, accounts)

    def test_a_comparison_is_a_sentence_and_tables(self):
        found = opd.compare(self.folder, effects=["keyframes"])
        self.assertIn("mIoU", found.verdict)
        self.assertEqual(len(rows(found.arms)), 4)
        self.assertIn("effect of keyframes", {row["about"] for row in rows(found.contrasts)})
        self.assertTrue(rows(found.bounds))
        self.assertIn("<table>", found._repr_html_())

    def test_a_difference_has_every_column_that_the_command_prints(self):
        said = subprocess.run(
            [opd.program_path(), "compare", self.folder, "--format", "markdown"], capture_output=True, text=True, check=True
        ).stdout
        columns = {
            "difference": "difference", "95 %": "lower", "p (Holm)": "p_holm", "p (perm.)": "p_permutation",
            "P(better)": "probability_better", "visible from": "visible_from", "seeds": "pairs",
        }
        head = next(line for line in said.splitlines() if "against" in line and line.startswith("|"))
        self.assertEqual([name.strip() for name in head.split("|")[2:-1]], list(columns))
        contrasts = rows(opd.compare(self.folder, effects=["keyframes"]).contrasts)
        self.assertTrue(contrasts)
        for row in contrasts:
            self.assertLessEqual(set(columns.values()), set(row))
        asked = [row for row in opd.compare(self.folder).raw["contrasts"] if "permutationPValue" in row]
        self.assertTrue(asked)
        found = {row["arm"]: row for row in contrasts if row["about"] == "against the baseline"}
        for row in asked:
            self.assertEqual(found[row["arm"]]["p_permutation"], row["permutationPValue"])
            self.assertEqual(found[row["arm"]]["probability_better"], row["probabilityOfImprovement"])

    def plug_in(self, name, source):
        """Writes a program that finds the package, and returns its path."""
        path = os.path.join(self.path, name)
        package = os.path.dirname(os.path.dirname(os.path.abspath(opd.__file__)))
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"import sys\nsys.path.insert(0, {package!r})\nimport opd\n" + textwrap.dedent(source))
        return path

    def test_a_run_takes_settings_and_its_plug_in_is_a_function(self):
        plugin = self.plug_in(
            "short.py",
            """
            @opd.reward
            def short(prompt, response, text):
                return 1.0 / len(response)

            opd.serve()
            """,
        )
        config = os.path.join(self.path, "run.yaml")
        with open(config, "w", encoding="utf-8") as out:
            out.write(
                "data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}\n"
                "student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}\n"
                "stages: [{method: grpo, steps: 9, prompts: 2, group: 3}]\n"
            )
        out = os.path.join(self.path, "run")
        values = opd.train(
            config, out, progress=False, stages__0__steps=2, reward={"process": {"command": [sys.executable, plugin]}}
        )
        self.assertIn("eval/mIoU", values)
        again = opd.evaluate(out, evaluation__consensus=2)
        self.assertIn("eval/pass@2", again)
        rewards = [row["value"] for row in rows(opd.runs(out, "reward"))]
        self.assertEqual(len(rewards), 2)
        self.assertTrue(all(0 < value <= 1 for value in rewards))

    def test_an_evaluation_has_the_intervals_that_the_command_prints(self):
        config, out = os.path.join(self.path, "wide.yaml"), os.path.join(self.path, "wide")
        with open(config, "w", encoding="utf-8") as file:
            json.dump({**SMALL, "stages": [{"method": "grpo", "steps": 2, "prompts": 2, "group": 3}]}, file)
        opd.train(config, out, progress=False, data__world__devVideos=12)
        numbers = opd.evaluate(out, evaluation__consensus=4)
        said = subprocess.run(
            [opd.program_path(), "evaluate", out, "evaluation.consensus=4"], capture_output=True, text=True, check=True
        ).stdout
        printed = {line.split("\t")[0]: line.split("\t")[2] for line in said.splitlines() if line.count("\t") == 2}
        self.assertIn("eval/mIoU", printed)
        ends = {name: [numbers[f"{name}/{end}"] for end in ("lower", "upper")] for name in printed}
        self.assertEqual({name: "[{:.4f}, {:.4f}]".format(*pair) for name, pair in ends.items()}, printed)
        self.assertEqual(len([name for name in numbers if name.endswith("/lower")]), len(printed))

    def failure(self, source, settings):
        """What the program says of a run with a plug-in that fails, and the path of the plug-in; settings name it as "plugin KIND"."""
        plugin = self.plug_in("wrong.py", source)

        def named(value):
            if isinstance(value, list):
                return [named(one) for one in value]
            if isinstance(value, dict):
                return {key: named(one) for key, one in value.items()}
            if isinstance(value, str) and value.startswith("plugin "):
                return {"process": {"command": [sys.executable, plugin, value.split()[1]], "attempts": 1}}
            return value

        config = os.path.join(self.path, "wrong.yaml")
        with open(config, "w", encoding="utf-8") as out:
            json.dump({**SMALL, **named(settings)}, out)
        with self.assertRaises(opd.OPDError) as caught:
            opd.train(config, tempfile.mkdtemp(dir=self.path), progress=False)
        return str(caught.exception), plugin

    def test_an_error_in_a_plug_in_is_said_with_its_file_and_line(self):
        source = """
            if sys.argv[1] == "questions":
                @opd.data
                def questions(seed):
                    return [{"part": p, "id": p + str(i), "query": "?", "answers": [str(i)]} for p in ("train", "dev") for i in range(4)]
            else:
                @getattr(opd, sys.argv[1])
                def broken(*arguments):
                    return 1 / 0

            opd.serve()
            """
        steps = {"method": "grpo", "steps": 2, "prompts": 2, "group": 3}
        listening = {"components": [{"signals": ["plugIn(process)", "reward(weight=0)"]}]}
        cases = {
            "teacher": {"teacher": "plugin teacher", "stages": [{**steps, "method": "opd"}]},
            "reward": {"reward": "plugin reward", "stages": [steps]},
            "selector": {"keyframes": "plugin selector", "stages": [steps]},
            "curriculum": {"stages": [{**steps, "curriculum": "plugin curriculum"}]},
            "advantage": {"advantage": "plugin advantage", "stages": [{**steps, "method": listening}]},
            "data": {"data": "plugin data", "stages": [steps]},
            "task": {"data": "plugin questions", "codec": "plugin task", "reward": "quality", "stages": [steps]},
        }
        for kind, settings in cases.items():
            with self.subTest(kind):
                said, path = self.failure(source, settings)
                self.assertIn(f"'broken' raised ZeroDivisionError at {path}:12: division by zero", said)

    def test_a_plug_in_that_gives_nothing_or_does_not_begin_is_named_with_file_and_line(self):
        settings = {"reward": "plugin reward", "stages": [{"method": "grpo", "steps": 2, "prompts": 2, "group": 3}]}
        said, path = self.failure("@opd.reward\ndef nothing(prompt, response, text):\n    pass\n\nopd.serve()\n", settings)
        self.assertIn(f"'nothing' at {path}:4 gave what cannot be used: TypeError", said)
        said, path = self.failure("import nowhere_to_be_found\n", settings)
        self.assertIn(f"after saying 'ModuleNotFoundError: No module named 'nowhere_to_be_found' at {path}:4'", said)

    def test_a_candidate_and_an_answer_are_told_alike(self):
        plugin = self.plug_in(
            "whom.py",
            """
            @opd.curriculum(needs=["student_quality"])
            def easy(candidates):
                assert all(c.teacher_entropy is None for c in candidates)
                return sorted(candidates, key=lambda c: (-c.student_quality, c.id))[:4]

            opd.serve()
            """,
        )
        config = os.path.join(self.path, "whom.yaml")
        curriculum = {"process": {"command": [sys.executable, plugin]}}
        with open(config, "w", encoding="utf-8") as out:
            json.dump({**SMALL, "stages": [{"method": "grpo", "steps": 2, "prompts": 2, "group": 3, "curriculum": curriculum}]}, out)
        values = opd.train(config, os.path.join(self.path, "whom"), progress=False)
        self.assertIn("eval/mIoU", values)

    def test_questions_and_a_judge_by_decorator(self):
        plugin = self.plug_in(
            "sums.py",
            """
            if sys.argv[1] == "data":
                @opd.data
                def sums(seed):
                    for a in range(9):
                        yield {"part": "dev" if a % 3 == 0 else "train", "id": str(a), "query": f"{a} plus 1", "answers": [str(a + 1)]}
            else:
                @opd.task
                def same(answer):
                    return answer.answer in answer.truth

            opd.serve()
            """,
        )
        config = os.path.join(self.path, "sums.yaml")
        with open(config, "w", encoding="utf-8") as out:
            out.write(
                "student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}\n"
                "reward: quality\nstages: [{method: grpo, steps: 2, prompts: 2, group: 3}]\n"
            )
        values = opd.train(
            config, os.path.join(self.path, "sums"), progress=False, data={"process": {"command": [sys.executable, plugin, "data"]}},
            codec={"process": {"command": [sys.executable, plugin, "task"], "maximumTokens": 3}},
        )
        self.assertIn("eval/accuracy", values)

    def test_the_notebook_runs_and_its_curriculum_chooses_as_the_programs_own(self):
        for needed in ("pandas", "matplotlib"):
            if importlib.util.find_spec(needed) is None:
                self.skipTest(f"{needed} is not installed")
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
        with open(os.path.join(root, "Examples", "notebook", "curriculum.ipynb"), encoding="utf-8") as file:
            cells = json.load(file)["cells"]
        out = os.path.join(self.path, "notebook")
        before, os.environ["OPD_OUT"] = os.getcwd(), out
        os.chdir(root)
        try:
            names = {}
            for cell in cells:
                if cell["cell_type"] == "code":
                    exec("".join(cell["source"]), names)
        finally:
            os.chdir(before)
        self.assertTrue((names["ends"]["swift"] == names["ends"]["python"]).all())
        self.assertEqual(len(names["ends"]), 2)
        self.assertGreater(os.path.getsize(os.path.join(out, "curricula.png")), 10_000)

    def test_an_error_is_the_programs_sentence(self):
        with self.assertRaisesRegex(opd.OPDError, "nowhere.yaml") as caught:
            opd.train(os.path.join(self.path, "nowhere.yaml"), os.path.join(self.path, "x"))
        self.assertNotEqual(caught.exception.status, 0)


if __name__ == "__main__":
    unittest.main()
