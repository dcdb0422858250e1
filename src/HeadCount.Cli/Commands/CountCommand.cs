using System.CommandLine;
using System.Runtime.ExceptionServices;
using System.Text;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.IO;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount count</c>: pictures in, counts and head points out.</summary>
internal static class CountCommand
{
    internal static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Picture files, folders (with the folders inside them), patterns with * and **, or - for standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        PictureFiles.RefuseOptions(paths);
        var output = new Option<string?>("--output", "-o")
        {
            HelpName = "DIR",
            Description = "Folder for counts.csv, heads.csv and drawings; the same call goes on there after an interruption",
        };
        var format = new Option<CountFormat?>("--format")
        {
            CustomParser = CountingOptions.Choice<CountFormat>,
            HelpName = "table|csv|json|geojson",
            Description = "What is printed; with -o, json and geojson are also saved there [default: table]",
        };
        var top = CountingOptions.Range(new Option<int?>("--top")
        {
            HelpName = "N",
            Description = "Print the N most crowded pictures only, the most crowded first",
        }, 1, int.MaxValue);
        var overlay = new Option<bool>("--overlay")
        {
            Description = "Mark the heads of every picture in DIR/overlays",
        };
        var heatMap = new Option<bool>("--heatmap")
        {
            Description = "Draw the density of every picture in DIR/heatmaps",
        };
        var mark = new Option<bool>("--bom") { Description = "Begin CSV with a byte order mark, by which spreadsheets tell UTF-8" };
        var counting = new CountingOptions();
        var command = new Command("count", "Count the heads in pictures")
        {
            paths, output, format, overlay, heatMap, top, mark,
        };
        counting.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            List<DrawingKind> kinds = [];
            if (parsed.GetValue(overlay))
                kinds.Add(DrawingKind.Overlay);
            if (parsed.GetValue(heatMap))
                kinds.Add(DrawingKind.HeatMap);
            if (kinds.Count > 0 && parsed.GetValue(output) is null)
                throw new UsageException("--overlay and --heatmap write files; say where with -o DIR");
            var call = new Call(parsed.GetValue(paths)!, parsed.GetValue(output),
                parsed.GetValue(format) ?? CountFormat.Table, kinds, parsed.GetValue(top),
                counting.ReadModel(parsed),
                counting.Read(parsed) with { KeepDensity = kinds.Contains(DrawingKind.HeatMap) }, counting.IsStrict(parsed),
                parsed.GetValue(mark));
            // On a thread of its own, so that Ctrl-C is heard.
            return Task.Run(() => Run(call, cancellation), CancellationToken.None);
        });
        return command;
    }

    private sealed record Call(string[] Paths, string? Output, CountFormat Format, IReadOnlyList<DrawingKind> Drawn,
        int? Top, ModelChoice Model, CountOptions Options, bool Strict, bool Mark);

    private static int Run(Call call, CancellationToken cancellation)
    {
        var failures = new List<string>();
        List<string> files = PictureFiles.FindAll(call.Paths, call.Output, failures);
        using HeadModel model = call.Model.Load(call.Options);
        // What an earlier call has left in the folder stays.
        if (files.Count == 0)
        {
            Deliver(call, []);
            return Failures.Report(failures);
        }
        using CountJournal? journal = call.Output is null
            ? null
            : OutputFolder.Open(call.Output, () => new CountJournal(call.Output, model.Path, model.Adapter, call.Options, call.Drawn));
        var drawings = new Drawings(call.Output ?? "", files);

        // Results by place in the list; those of an earlier call first.
        var results = new CountResult?[files.Count];
        for (int i = 0; i < files.Count; i++)
            if (!InputFile.IsStandardInput(files[i]) && IsDrawn(i))
                results[i] = journal?.Find(files[i]);
        int[] open = [.. Enumerable.Range(0, files.Count).Where(i => results[i] is null)];
        if (open.Length < files.Count)
        {
            Console.Error.WriteLine(
                $"headcount: going on where the last call stopped, {open.Length} of {files.Count} pictures left");
        }

        if (journal?.Damaged > 0)
        {
            Console.Error.WriteLine($"headcount: {journal.Damaged} lines of the unfinished call in {call.Output} are damaged; "
                + "their pictures are counted again");
        }

        // What each file was before it was opened.
        var stamps = new CountJournal.FileStamp[files.Count];
        var undrawn = new HashSet<int>();
        bool interrupted = false;
        ExceptionDispatchInfo? stopped = null;
        using (var progress = new WorkProgress("Counting", "pictures", open.Length))
        {
            try
            {
                int next = 0;
                var counter = new HeadCounter(model, call.Options);
                foreach (CountOutcome outcome in counter.CountMany(open.Select(Stamped), progress, cancellation))
                {
                    int place = open[next++];
                    if (!Failures.Accept(outcome, call.Strict, failures))
                        continue;
                    CountResult result = outcome.Result!;
                    // Density maps are too large to keep for all pictures.
                    results[place] = result with { Density = null };
                    try
                    {
                        if (call.Drawn.Count > 0)
                        {
                            drawings.Draw(outcome.Path, call.Drawn, result.Heads, density: result.Density,
                                maxPixels: call.Options.MaxPixels);
                        }
                        journal?.Add(outcome.Path, stamps[place], result);
                    }
                    catch (PictureException e)
                    {
                        undrawn.Add(place);
                        failures.Add(e.Message);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                interrupted = true;
            }
            catch (Exception e)
            {
                // What is counted is delivered before this is told.
                stopped = ExceptionDispatchInfo.Capture(e);
            }
        }

        CountedImage[] counted = [.. files.Zip(results)
            .Where(pair => pair.Second is not null)
            .Select(pair => new CountedImage(pair.First.Replace('\\', '/'), pair.Second!))];
        Deliver(call, counted);
        if (interrupted)
        {
            string resume = call.Output is null ? "" : "; the same call goes on from here";
            Console.Error.WriteLine(
                $"headcount: interrupted, {counted.Length} of {files.Count} pictures are done{resume}");
        }
        else if (stopped is null)
        {
            failures.AddRange(Enumerable.Range(0, files.Count)
                .Where(i => results[i] is not null && !undrawn.Contains(i) && !IsDrawn(i))
                .Select(i => $"{files[i]}: its drawing has vanished from {call.Output}; draw it again"));
            journal?.Remove();
        }
        int exitCode = Failures.Report(failures);
        stopped?.Throw();
        return interrupted ? ExitCode.Interrupted : exitCode;

        bool IsDrawn(int place) => call.Drawn.All(kind => File.Exists(drawings.PathOf(kind, files[place])));

        string Stamped(int place)
        {
            stamps[place] = CountJournal.Stamp(files[place]);
            return files[place];
        }
    }

    private static void Deliver(Call call, CountedImage[] counted)
    {
        try
        {
            Print(call, counted);
        }
        finally
        {
            // Whichever of the two cannot be written, the other is.
            if (call.Output is not null && counted.Length > 0)
                CountReport.Save(call.Output, call.Format, counted, call.Mark);
        }
    }

    private static void Print(Call call, CountedImage[] counted)
    {
        CountedImage[] printed = call.Top is int top
            ? [.. counted.OrderByDescending(image => image.Result.Count).Take(top)]
            : counted;
        if (printed.Length == 0 && call.Format == CountFormat.Table)
            return;
        // Bytes, so that names come out as they are on every platform; through Console.Out, so that it can be captured.
        using var bytes = new MemoryStream();
        CountReport.Print(bytes, call.Format, printed, call.Mark);
        Console.Out.Write(Encoding.UTF8.GetString(bytes.ToArray()));
        Console.Out.Flush();
    }
}
