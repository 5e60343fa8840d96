"""A collection of quiz questions in a format of its own, 22 files of which some are not UTF-8: text
records and a regular expression give what a parser in Python gives that reads it line by line."""

import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["ASSAY"]).resolve()
# Beside the project, where it is; nothing of it is in the project.
QUIZ = pathlib.Path(__file__).resolve().parents[3] / "shared/data/qa_opentriviaqa/qa_opentriviaqa.tar.xz"
QUESTIONS, FILES, NOT_UTF8 = 49716, 22, 12  # as its README has them
PROJECT = r"""format: 1
project: quiz
sources:
  records:
    kind: text
    files: categories/*
    start_pattern: '^#Q '
    pattern: '(?s)^#Q (?P<question>.*?)\n\^ (?P<answer>[^\n]*)(?P<choices>(?:\n[A-Z] [^\n]*)*)$'
    lists: {choices: '(?m)^[A-Z] (.*)$'}
    columns: {question: text, answer: text}
    encoding: detect
steps:
  questions:
    sql: |
      SELECT question, from_json(choices, '["VARCHAR"]') AS choices, answer, name AS category, file,
             line, encoding FROM records
"""
SHOWN = "SELECT * REPLACE (to_json(choices)::VARCHAR AS choices) FROM questions"


def text_of(data):
    """Return the text, and whether it was UTF-8; other bytes are those of windows-1252, all of them."""
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data), False


def questions_of(text):
    """Return [(line, question, answer, choices)], of a state machine over the lines."""
    found, current, part = [], None, None
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if line.startswith("#Q "):
            current, part = {"line": number, "question": [line[3:]], "choices": []}, "question"
            found.append(current)
        elif part == "question" and line.startswith("^ "):
            current["answer"], part = line[2:], "choices"
        elif part == "question":
            current["question"].append(line)
        elif line.strip(" \t\r\n\f\v"):
            if line[1:2] != " " or not "A" <= line[0] <= "Z":
                raise ValueError(f"line {number} is no choice: {line}")
            current["choices"].append(line[2:])
    return [(one["line"], "\n".join(one["question"]), one["answer"], one["choices"]) for one in found]


@unittest.skipUnless(QUIZ.is_file(), "the quiz questions are not there")
class Trivia(unittest.TestCase):
    def test_all_questions_are_those_of_a_parser_in_python(self):
        with tempfile.TemporaryDirectory(prefix="assay-trivia-") as held:
            folder = pathlib.Path(held)
            with tarfile.open(QUIZ) as archive:
                archive.extractall(folder)
            (folder / "assay.yaml").write_text(PROJECT)
            done = subprocess.run([PROGRAM, "run"], cwd=folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("refused", done.stdout + done.stderr)
            shown = subprocess.run([PROGRAM, "sql", SHOWN, "--json", "--limit", "0"], cwd=folder,
                                   capture_output=True, text=True, check=True)
            rows = {(row["file"], row["line"]): {**row, "choices": json.loads(row["choices"])}
                    for row in json.loads(shown.stdout)}
            expected, odd = {}, 0
            files = sorted((folder / "categories").iterdir())
            for file in files:
                text, is_utf8 = text_of(file.read_bytes())
                odd += not is_utf8
                for line, question, answer, choices in questions_of(text):
                    expected[f"categories/{file.name}", line] = {
                        "question": question or None, "choices": choices, "answer": answer or None,
                        "category": file.name, "file": f"categories/{file.name}", "line": line,
                        "encoding": "utf-8" if is_utf8 else "windows-1252"}
        self.assertEqual((len(files), odd, len(expected)), (FILES, NOT_UTF8, QUESTIONS))
        self.assertEqual(len(rows), QUESTIONS)
        for key, row in expected.items():
            self.assertEqual(rows.get(key), row)


if __name__ == "__main__":
    if not QUIZ.is_file():
        print("skipped: the quiz questions are not there")
        sys.exit(77)
    unittest.main()
