using System.Text.Json.Nodes;
using ScottPlot;

namespace HeadCount.Training;

/// <summary>The run's log as a picture: loss, F1 and counting errors over the steps.</summary>
internal static class Curves
{
    internal static void Draw(RunFolder folder)
    {
        JsonObject[] log = [.. folder.ReadLog()];
        JsonObject[] losses = [.. log.Where(e => e.ContainsKey("learningRate"))];
        JsonObject[] validations = [.. log.Where(e => e.ContainsKey("lists"))];
        if (validations.Length == 0)
            return;
        string[] lists = [.. validations[0]["lists"]!.AsObject().Select(l => l.Key)];
        bool points = validations[0]["lists"]![lists[0]]!["f1At8"] is not null;
        var figure = new Multiplot();
        figure.AddPlots(points ? 3 : 2);
        Plot loss = Titled(0, "Loss (smoothed)");
        if (points)
        {
            Line(loss, "score", losses, e => (double)e["score"]!);
            Lists(Titled(1, "F1 at 8 px, validation"), "f1At8");
        }
        Line(loss, "density", losses, e => (double)e["density"]!);
        if (points)
            loss.Axes.SetLimitsY(0, 2);
        Lists(Titled(points ? 2 : 1, "MAE of the count, validation"), "mae");
        string temporary = folder.Curves + ".part.png";
        figure.SavePng(temporary, 1000, 1200);
        File.Move(temporary, folder.Curves, overwrite: true);

        void Lists(Plot plot, string score)
        {
            foreach (string list in lists)
                Line(plot, list, validations, e => (double)e["lists"]![list]![score]!);
        }

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
