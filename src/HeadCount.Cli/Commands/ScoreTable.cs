using System.Globalization;
using HeadCount.Evaluation;
using HeadCount.IO;
using Spectre.Console;

namespace HeadCount.Cli.Commands;

/// <summary>What <c>score</c> and <c>evaluate</c> share: the summary as tables and as a JSON file.</summary>
internal static class ScoreTable
{
    /// <summary>Prints counting errors and localisation scores on standard output.</summary>
    internal static void Print(EvaluationSummary summary)
    {
        ResultConsole.Write(Counting(summary));
        ResultConsole.Write(Localization(summary));
    }

    /// <summary>Writes the summary's JSON object.</summary>
    internal static void WriteJson(string path, EvaluationSummary summary)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        WholeFile.Write(path, stream =>
        {
            stream.Write(summary.ToJson());
            stream.WriteByte((byte)'\n');
        });
    }

    private static Table Counting(EvaluationSummary summary)
    {
        var table = new Table().HideHeaders()
            .AddColumn("").AddColumn(new TableColumn("").RightAligned())
            .AddRow("images", $"{summary.Images}")
            .AddRow("heads", $"{summary.Heads}")
            .AddRow("detections", $"{summary.Detections}")
            .AddRow("MAE", Fixed(summary.Mae, 2))
            .AddRow("RMSE", Fixed(summary.Rmse, 2))
            .AddRow("NAE", Fixed(summary.Nae, 4))
            .AddRow("bias", Fixed(summary.Counting.Bias, 2));
        for (int level = 0; level < summary.Game?.Count; level++)
            table.AddRow($"GAME({level})", Fixed(summary.Game[level], 2));
        // Stands beside the matching radii: one near half of this distance no longer tells neighbours apart.
        return table.AddRow("nearest neighbour px", Fixed(summary.MeanNeighbourDistance, 2));
    }

    private static Table Localization(EvaluationSummary summary)
    {
        var table = new Table();
        foreach (string name in (string[])["radius", "TP", "FP", "FN", "precision", "recall", "F1", "macro F1",
            "chance F1", "mean px"])
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (LocalizationResult result in summary.Localization)
            table.AddRow(result.Radius.Label, $"{result.TruePositives}", $"{result.Micro.FalsePositives}",
                $"{result.Micro.FalseNegatives}", Fixed(result.Precision, 4), Fixed(result.Recall, 4),
                Fixed(result.F1, 4), Fixed(result.MacroF1, 4), Fixed(result.ChanceF1, 4),
                Fixed(result.MeanDistance, 2));
        return table;
    }

    private static string Fixed(double? value, int decimals) =>
        value?.ToString($"F{decimals}", CultureInfo.InvariantCulture) ?? "n/a";
}
