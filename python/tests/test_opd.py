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
        self.assertLessEqual(again.get("eval/mIoU/lower", 0), again["eval/mIoU"])
        rewards = [row["value"] for row in rows(opd.runs(out, "reward"))]
        self.assertEqual(len(rewards), 2)
        self.assertTrue(all(0 < value <= 1 for value in rewards))

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
