using HeadCount.Annotations;

namespace HeadCount.Cli;

/// <summary>Inputs of a batch that could not be processed or take no part.</summary>
internal static class Failures
{
    /// <summary>Says on standard error that a dataset's pictures without annotation take no part.</summary>
    internal static void NoteUnannotated(Dataset dataset)
    {
        if (dataset.Unannotated.Count > 0)
        {
            Console.Error.WriteLine($"headcount: {dataset.Unannotated.Count} pictures without annotation left out, "
                + $"such as {dataset.Unannotated[0]}");
        }
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
