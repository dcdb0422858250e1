using System.CommandLine;
using HeadCount.Annotations;
using HeadCount.Imaging;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount draw</c>: head points from files, drawn on their pictures.</summary>
internal static class DrawCommand
{
    internal static Command Create()
    {
        var images = new Argument<string[]>("IMAGE")
        {
            Description = "Picture files, folders (with the folders inside them) or patterns with * and **",
            Arity = ArgumentArity.OneOrMore,
        };
        PictureFiles.RefuseOptions(images);
        var heads = new Option<string>("--heads")
        {
            HelpName = "FILE",
            Description = "Heads to draw: CSV (image,x,y[,score]), such as the heads.csv of count -o",
            Required = true,
        };
        var truth = new Option<string?>("--truth")
        {
            HelpName = "FILE",
            Description = "True heads: CSV (image,x,y); hits become rings, misses crosses, false alarms triangles",
        };
        var radius = CountingOptions.Range(new Option<double>("--radius")
        {
            HelpName = "PIXELS",
            Description = "With --truth: how far a hit may be off",
            DefaultValueFactory = _ => 8,
        }, 0, 1e6);
        var output = new Option<string>("--output", "-o")
        {
            HelpName = "DIR",
            Description = "Folder for overlays/, comparisons/ (with --truth) and heatmaps/",
            DefaultValueFactory = _ => ".",
        };
        var heatMap = new Option<bool>("--heatmap") { Description = "Draw the density of the heads as well" };
        var maxPixels = CountingOptions.CreateMaxPixels();
        var command = new Command("draw", "Draw head points on their pictures, without a model")
        {
            images, heads, truth, radius, output, heatMap, maxPixels,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var call = new Call(parsed.GetRequiredValue(images), parsed.GetRequiredValue(heads), parsed.GetValue(truth),
                parsed.GetValue(radius), parsed.GetValue(output)!, parsed.GetValue(heatMap), parsed.GetValue(maxPixels));
            // On a thread of its own, so that Ctrl-C is heard.
            return Task.Run(() => Run(call, cancellation), CancellationToken.None);
        });
        return command;
    }

    private sealed record Call(string[] Images, string Heads, string? Truth, double Radius, string Output, bool HeatMap,
        long MaxPixels);

    private static int Run(Call call, CancellationToken cancellation)
    {
        var failures = new List<string>();
        List<string> files = PictureFiles.FindAll(call.Images, call.Output, failures);
        var heads = new HeadTable(call.Heads, files);
        HeadTable? truth = call.Truth is null ? null : new HeadTable(call.Truth, files);
        Drawings drawings = OutputFolder.Open(call.Output, () => new Drawings(call.Output, files));
        List<DrawingKind> kinds = [truth is null ? DrawingKind.Overlay : DrawingKind.Comparison];
        if (call.HeatMap)
            kinds.Add(DrawingKind.HeatMap);

        using (var progress = new WorkProgress("Drawing", "pictures", files.Count))
        {
            for (int i = 0; i < files.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                try
                {
                    IReadOnlyList<HeadPoint> found = heads.Find(files[i]);
                    drawings.Draw(files[i], kinds, found, truth is null ? null : (truth.Find(files[i]), call.Radius),
                        maxPixels: call.MaxPixels);
                }
                catch (Exception e) when (e is AnnotationException or PictureException)
                {
                    failures.Add(e.Message);
                }
                progress.Report(i + 1);
            }
        }
        return Failures.Report(failures);
    }
}
