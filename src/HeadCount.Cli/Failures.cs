using HeadCount.Annotations;
using HeadCount.Inference;

namespace HeadCount.Cli;

/// <summary>Inputs of a batch that could not be processed or take no part, and what was guessed of the others.</summary>
internal static class Failures
{
    /// <summary>
    /// Says on standard error what of a dataset takes no part, and what was left out or guessed. The folders that cannot be
    /// listed are failures.
    /// </summary>
    internal static List<string> Note(Dataset dataset)
    {
        if (dataset.Unannotated.Count > 0)
        {
            Console.Error.WriteLine($"headcount: {dataset.Unannotated.Count} pictures without annotation left out, "
                + $"such as {dataset.Unannotated[0]}");
        }
        if (dataset.PassedOver is { } line)
            Console.Error.WriteLine($"headcount: {line}");
        Note(dataset.Notes);
        return [.. dataset.Problems];
    }

    /// <summary>Says on standard error what was left out or guessed while annotations were read, a line each.</summary>
    internal static void Note(IEnumerable<ReadingNote> notes)
    {
        foreach (ReadingNote note in notes)
        {
            string cure = note.Kind == NoteKind.UnknownLabel ? "; --label NAME takes those that are meant" : "";
            Console.Error.WriteLine($"headcount: note: {note}{cure}");
        }
    }

    /// <summary>
    /// Says on standard error what is to be known of how a picture was read. Whether it counts: a damaged one does not
    /// where only whole ones are wanted, and becomes a failure.
    /// </summary>
    /// <param name="outcome">The picture.</param>
    /// <param name="strict">Whether only whole ones are wanted.</param>
    /// <param name="failures">Where failures are listed.</param>
    /// <param name="said">What was said already, for commands that count each picture several times.</param>
    internal static bool Accept(CountOutcome outcome, bool strict, List<string> failures, HashSet<string>? said = null)
    {
        if (outcome.Result is null)
        {
            failures.Add(outcome.Error!.Message);
            return false;
        }
        if (strict && outcome.IsDamaged)
        {
            failures.Add($"{outcome.Path}: damaged, not counted for --strict; get a whole copy of it");
            return false;
        }
        foreach (string note in outcome.Notes)
            if (said?.Add($"{outcome.Path}: {note}") ?? true)
                Console.Error.WriteLine($"headcount: note: {outcome.Path}: {note}");
        return true;
    }

    /// <summary>Lists them on standard error, a line each, and gives the exit code.</summary>
    internal static int Report(IReadOnlyList<string> failures)
    {
        if (failures.Count > 1)
            Console.Error.WriteLine($"headcount: {failures.Count} inputs failed, the others are done:");
        foreach (string failure in failures)
            Console.Error.WriteLine($"headcount: {failure}");
        return failures.Count > 0 ? ExitCode.SomeFailed : ExitCode.Done;
    }
}
