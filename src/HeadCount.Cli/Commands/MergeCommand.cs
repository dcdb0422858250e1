using System.CommandLine;
using HeadCount.Annotations;
using HeadCount.Annotations.HeadCsv;
using HeadCount.Slicing;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount merge</c>: heads found in slices back into the pictures that these were cut from.</summary>
internal static class MergeCommand
{
    internal static Command Create()
    {
        var index = new Argument<string>("INDEX") { Description = "slices.csv, as headcount slice writes it" };
        var heads = new Argument<string>("HEADS")
        {
            Description = "Heads by slice, in the slices' coordinates: heads.csv, or any annotation file that is read",
        };
        var output = new Option<string>("--output", "-o")
        {
            HelpName = "FILE",
            Description = "CSV file for the heads of the pictures",
            Required = true,
        };
        var command = new Command("merge", "Put heads found in slices back into the pictures they were cut from")
        {
            index, heads, output,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(index), parsed.GetRequiredValue(heads),
            parsed.GetRequiredValue(output)));
        return command;
    }

    private static int Run(string index, string headFile, string output)
    {
        IReadOnlyList<Slice> slices = SliceIndex.Read(index);
        var reading = new AnnotationReading();
        IEnumerable<PictureHeads> found = PointFile.Read(headFile, reading);
        Failures.Note(reading.Notes);
        IReadOnlyList<PictureHeads> merged = SliceIndex.Merge(slices, found);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        HeadCsvFile.Write(output, merged);
        Console.Error.WriteLine($"headcount: {merged.Sum(picture => picture.Heads.Count)} heads of {merged.Count} pictures "
            + $"written to {output}");
        return ExitCode.Done;
    }
}
