using System.CommandLine;
using HeadCount.Annotations;
using HeadCount.Checking;
using HeadCount.IO;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount check</c>: what a dataset holds and what may be wrong with it.</summary>
internal static class CheckCommand
{
    internal static Command Create()
    {
        var dataset = new Argument<string>("DATASET") { Description = "Folder of pictures with annotations" };
        var split = new Option<string?>("--split")
        {
            HelpName = "LIST",
            Description = "Only the pictures of this list, one path a line",
        };
        var against = new Option<string?>("--against")
        {
            HelpName = "LIST",
            Description = "Look for pictures of this list among them, and for copies in another size or quality",
        };
        var html = new Option<string?>("--html") { HelpName = "FILE", Description = "Write the report as a page too" };
        Option<string[]> label = LabelOption.Create();
        var command = new Command("check",
            "Checks a dataset: what it holds and what may be wrong with it. Exit code 1 where something is.")
        {
            dataset, split, against, html, label,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            string folder = parsed.GetRequiredValue(dataset);
            AnnotationReading reading = LabelOption.Read(parsed, label);
            DatasetCheck check;
            using (var progress = new WorkProgress("Checking", "percent", 100))
                check = DatasetCheck.Of(folder, parsed.GetValue(split), parsed.GetValue(against), reading,
                    new Percent(progress), cancellation);
            if (parsed.GetValue(html) is { } path)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
                WholeFile.WriteText(path, CheckReport.Html(folder, check));
            }
            if (check.PassedOver is { } passedOver)
                Console.Error.WriteLine($"headcount: {passedOver}");
            Failures.Note(reading.Notes);
            Console.Out.Write(CheckReport.Text(check));
            return check.Findings.Count > 0 ? ExitCode.SomeFailed : ExitCode.Done;
        }, CancellationToken.None));
        return command;
    }

    private sealed class Percent(WorkProgress progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report(100 * value);
    }
}
