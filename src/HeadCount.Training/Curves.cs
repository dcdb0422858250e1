using System.Text.Json.Nodes;
using ScottPlot;

namespace HeadCount.Training;

/// <summary>The run's log as a picture: loss, F1 and counting errors over the steps.</summary>
internal static class Curves
{
    internal static void Draw(RunFolder folder)
    {
        JsonObject[] log = [.. folder.ReadLog()];
        JsonObject[] losses = [.. log.Where(e => e.ContainsKey("score"))];
        JsonObject[] validations = [.. log.Where(e => e.ContainsKey("lists"))];
        if (validations.Length == 0)
            return;
        var figure = new Multiplot();
        figure.AddPlots(3);
        Plot loss = Titled(0, "Loss (smoothed)"), f1 = Titled(1, "F1 at 8 px, validation"), error = Titled(2, "MAE of the count, validation");
        Line(loss, "score", losses, e => (double)e["score"]!);
        Line(loss, "density", losses, e => (double)e["density"]!);
        loss.Axes.SetLimitsY(0, 2);
        string[] lists = [.. validations[0]["lists"]!.AsObject().Select(l => l.Key)];
        foreach (string list in lists)
        {
            Line(error, list, validations, e => (double)e["lists"]![list]!["mae"]!);
            Line(f1, list, validations, e => (double)e["lists"]![list]!["f1At8"]!);
        }
        string temporary = folder.Curves + ".part.png";
        figure.SavePng(temporary, 1000, 1200);
        File.Move(temporary, folder.Curves, overwrite: true);

        Plot Titled(int index, string title)
        {
            Plot plot = figure.GetPlot(index);
            plot.Title(title);
            plot.XLabel("step");
            plot.ShowLegend(Alignment.UpperRight);
            return plot;
        }

        static void Line(Plot plot, string name, JsonObject[] entries, Func<JsonObject, double> value)
        {
            var line = plot.Add.Scatter(entries.Select(e => (double)e["step"]!).ToArray(), entries.Select(value).ToArray());
            line.LegendText = name;
            line.MarkerSize = entries.Length > 100 ? 0 : 4;
        }
    }
}
