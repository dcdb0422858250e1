using System.CommandLine;
using System.Globalization;
using HeadCount.Evaluation;
using HeadCount.Reports;
using Spectre.Console;

namespace HeadCount.Cli.Commands;

/// <summary>
/// <c>headcount compare</c>: evaluations side by side, every other one against the first, with a paired bootstrap over
/// the pictures they have in common.
/// </summary>
internal static class CompareCommand
{
    internal static Command Create()
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = "Folder of 'headcount evaluate --report DIR', or its pictures.csv; two or more",
            Arity = new ArgumentArity(2, 100),
        };
        var command = new Command("compare",
            "Compare evaluations: every RUN with the first, with 95 % intervals and p-values") { runs };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(runs)));
        return command;
    }

    private static int Run(string[] paths)
    {
        IReadOnlyList<PictureScore>[] runs = [.. paths.Select(path => PictureScoreFile.Read(
            Directory.Exists(path) ? Path.Combine(path, EvaluationReport.TableName) : path))];
        PictureScore[][] common = Common(paths, runs);
        double[] radii = [.. common.Select(run => run[0].Localization.Select(entry => entry.Radius))
            .Aggregate((a, b) => a.Intersect(b))];

        string[] names = Names(paths);
        var table = new Table().AddColumn(new TableColumn("").NoWrap());
        for (int i = 0; i < names.Length; i++)
        {
            table.AddColumn(new TableColumn(Markup.Escape(Printable.Of(names[i]))).RightAligned().NoWrap());
            table.AddColumn(new TableColumn("95 %").NoWrap());
            if (i > 0)
                foreach (string column in (string[])["difference", "95 %", "p", ""])
                    table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        }
        foreach (Metric metric in Metric.All(radii))
        {
            if (Bootstrap.Of(common[0], metric.Of) is not Interval first)
                continue;
            List<string> row = [metric.Name, Text(first.Value, metric), Range(first, metric)];
            foreach (PictureScore[] run in common[1..])
                row.AddRange(Cells(common[0], run, metric));
            table.AddRow([.. row]);
        }
        ResultConsole.Write(table);
        return ExitCode.Done;
    }

    private static string[] Cells(PictureScore[] first, PictureScore[] run, Metric metric)
    {
        if (Bootstrap.Of(run, metric.Of) is not Interval own
            || Bootstrap.Difference(first, run, metric.Of) is not PairedDifference paired)
            return ["n/a", "", "", "", "", ""];
        Interval difference = paired.Difference;
        bool certain = difference.Low > 0 || difference.High < 0;
        string verdict = !certain || metric.LowerIsBetter is not bool lower ? ""
            : difference.Value < 0 == lower ? "better" : "worse";
        return [Text(own.Value, metric), Range(own, metric), Signed(difference.Value, metric),
            $"{Signed(difference.Low, metric)} … {Signed(difference.High, metric)}",
            paired.PValue.ToString("F3", CultureInfo.InvariantCulture), verdict];
    }

    /// <summary>The pictures that all runs have, in the first one's order, the same in each.</summary>
    private static PictureScore[][] Common(string[] paths, IReadOnlyList<PictureScore>[] runs)
    {
        Dictionary<string, PictureScore>[] byName = new Dictionary<string, PictureScore>[runs.Length];
        for (int i = 0; i < runs.Length; i++)
        {
            byName[i] = [];
            foreach (PictureScore picture in runs[i])
                if (!byName[i].TryAdd(picture.Name, picture))
                    throw new UsageException($"{paths[i]}: picture '{picture.Name}' stands there twice; evaluate "
                        + "again");
        }
        string[] names = [.. runs[0].Select(picture => picture.Name)
            .Where(name => byName.All(run => run.ContainsKey(name)))];
        if (names.Length == 0)
            throw new UsageException($"{string.Join(", ", paths)}: no picture is in all of them; evaluate on the "
                + "same list");
        foreach (string name in names)
            if (byName.FirstOrDefault(run => run[name].Truth != byName[0][name].Truth) is { } other)
                throw new UsageException($"{paths[Array.IndexOf(byName, other)]}: picture '{name}' has "
                    + $"{other[name].Truth} true heads, but {byName[0][name].Truth} in {paths[0]}; evaluate on the "
                    + "same annotations");
        int most = runs.Max(run => run.Count);
        if (names.Length < most)
            Console.Error.WriteLine($"headcount: compared on the {names.Length} pictures that all have, of up to "
                + $"{most}");
        return [.. byName.Select(run => names.Select(name => run[name]).ToArray())];
    }

    // The last folder's name; where that is the same for two, the path as it was given.
    private static string[] Names(string[] paths)
    {
        string[] names = [.. paths.Select(path => Path.GetFileName(Path.TrimEndingDirectorySeparator(
            Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!)))];
        return names.Distinct().Count() == names.Length ? names : paths;
    }

    private static string Text(double number, Metric metric) =>
        number.ToString($"F{metric.Decimals}", CultureInfo.InvariantCulture);

    private static string Signed(double number, Metric metric) =>
        (number > 0 ? "+" : "") + Text(number, metric);

    private static string Range(Interval interval, Metric metric) =>
        $"{Text(interval.Low, metric)} … {Text(interval.High, metric)}";
}
