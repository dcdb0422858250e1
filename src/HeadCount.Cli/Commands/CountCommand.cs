using System.CommandLine;
using System.Text;
using HeadCount.Imaging;
using HeadCount.Inference;

namespace HeadCount.Cli.Commands;

/// <summary><c>headcount count</c>: pictures in, counts and head points out.</summary>
internal static class CountCommand
{
    internal static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Picture files, folders (with the folders inside them) or patterns with * and **",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--output", "-o")
        {
            HelpName = "DIR",
            Description = "Folder for counts.csv and heads.csv; an interrupted batch goes on there when called again",
        };
        var format = new Option<CountFormat?>("--format")
        {
            HelpName = "table|csv|json|geojson",
            Description = "What is printed; with -o, json and geojson are also saved there [default: table]",
        };
        var top = CountingOptions.Range(new Option<int?>("--top")
        {
            HelpName = "N",
            Description = "Print the N most crowded pictures only, the most crowded first",
        }, 1, int.MaxValue);
        var counting = new CountingOptions();
        var command = new Command("count", "Count the heads in pictures")
        {
            paths, output, format, top,
        };
        counting.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var call = new Call(parsed.GetValue(paths)!, parsed.GetValue(output),
                parsed.GetValue(format) ?? CountFormat.Table, parsed.GetValue(top),
                parsed.GetValue(counting.Model)!, parsed.GetValue(counting.Threads), counting.Read(parsed));
            // On a thread of its own, so that Ctrl-C is heard.
            return Task.Run(() => Run(call, cancellation), CancellationToken.None);
        });
        return command;
    }

    private sealed record Call(string[] Paths, string? Output, CountFormat Format, int? Top, string Model, int Threads,
        CountOptions Options);

    private static int Run(Call call, CancellationToken cancellation)
    {
        var failures = new List<string>();
        List<string> files = FindFiles(call.Paths, failures);
        using HeadModel model = HeadModel.Load(call.Model, call.Threads);
        using CountJournal? journal = call.Output is null ? null : OpenJournal(call.Output, model.Path, call.Options);

        // Results by place in the list; those of an earlier call first.
        var results = new CountResult?[files.Count];
        for (int i = 0; i < files.Count; i++)
            results[i] = journal?.Find(files[i]);
        int[] open = [.. Enumerable.Range(0, files.Count).Where(i => results[i] is null)];
        if (open.Length < files.Count)
        {
            Console.Error.WriteLine(
                $"headcount: going on where the last call stopped, {open.Length} of {files.Count} pictures left");
        }

        bool interrupted = false;
        using (var progress = new WorkProgress("Counting", "pictures", open.Length))
        {
            try
            {
                int next = 0;
                var counter = new HeadCounter(model, call.Options);
                foreach (CountOutcome outcome in counter.CountMany(open.Select(i => files[i]), progress, cancellation))
                {
                    int place = open[next++];
                    results[place] = outcome.Result;
                    if (outcome.Result is CountResult result)
                        journal?.Add(outcome.Path, result);
                    else
                        failures.Add(outcome.Error!.Message);
                }
            }
            catch (OperationCanceledException)
            {
                interrupted = true;
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
        else
        {
            journal?.Remove();
        }
        int exitCode = Failures.Report(failures);
        return interrupted ? ExitCode.Interrupted : exitCode;
    }

    private static List<string> FindFiles(string[] paths, List<string> failures)
    {
        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            IReadOnlyList<string> found = PictureFiles.Find(path, out string? problem);
            files.AddRange(found.Where(file => seen.Add(Path.GetFullPath(file))));
            if (problem is not null)
                failures.Add(problem);
        }
        return files;
    }

    private static CountJournal OpenJournal(string folder, string modelPath, CountOptions options)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new CountJournal(folder, modelPath, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"-o {folder}: cannot be written ({e.Message}); choose another folder");
        }
    }

    private static void Deliver(Call call, IReadOnlyList<CountedImage> counted)
    {
        if (call.Output is not null)
            CountReport.Save(call.Output, call.Format, counted);
        IReadOnlyList<CountedImage> printed = call.Top is int top
            ? [.. counted.OrderByDescending(image => image.Result.Count).Take(top)]
            : counted;
        if (printed.Count == 0 && call.Format == CountFormat.Table)
            return;
        // Bytes, so that names come out as they are on every platform; through Console.Out, so that it can be captured.
        using var bytes = new MemoryStream();
        CountReport.Print(bytes, call.Format, printed);
        Console.Out.Write(Encoding.UTF8.GetString(bytes.ToArray()));
        Console.Out.Flush();
    }
}
