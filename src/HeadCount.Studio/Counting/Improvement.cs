using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HeadCount.Annotations;
using HeadCount.Annotations.HeadCsv;
using HeadCount.Cli;
using HeadCount.IO;
using HeadCount.Studio.Api;
using HeadCount.Studio.Storage;
using Microsoft.EntityFrameworkCore;

namespace HeadCount.Studio.Counting;

/// <summary>How a model does on the pictures that were held back.</summary>
/// <param name="Mae">Mean absolute error of the count, a picture.</param>
/// <param name="F1">Of the heads, within 8 pixels.</param>
public sealed record ImproveScore(double Mae, double F1);

/// <summary>A project's latest run.</summary>
public sealed record ImproveRun
{
    /// <summary>none, running, done or failed.</summary>
    public required string State { get; init; }

    public int Step { get; init; }

    public int Steps { get; init; }

    /// <summary>Null while it is not known.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>Pictures that it learnt from.</summary>
    public int Pictures { get; init; }

    /// <summary>Pictures that it did not see, by which it was judged.</summary>
    public int HeldBack { get; init; }

    /// <summary>The studio's model on the pictures held back.</summary>
    public ImproveScore? Before { get; init; }

    /// <summary>The new model on the same.</summary>
    public ImproveScore? After { get; init; }

    /// <summary>Whether the new model counts better and finds heads no worse.</summary>
    public bool IsBetter { get; init; }

    /// <summary>The new model's name.</summary>
    public string? Model { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// Trains the studio's model further on the pictures of a project that people have checked. headcount-train does the work, a
/// program of its own; one run at a time. Runs begin with the studio's model each time, so that no picture that is held back was
/// ever learnt from.
/// </summary>
public sealed partial class Improvement(IDbContextFactory<StudioContext> contexts, PictureFiles files, Models models, EventHub events,
    StudioOptions options, ILogger<Improvement> log) : IHostedService, IAsyncDisposable
{
    /// <summary>Fewest checked pictures, as headcount-train has it.</summary>
    internal const int LeastPictures = 5;

    private const string Running = "running", Failed = "failed", StateFile = "state.json";

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(8);

    private readonly string _root = Path.Combine(options.Data, "improve");
    private readonly Lock _lock = new();
    private Work? _work;

    /// <summary>What to do where headcount-train is not installed; null where it is.</summary>
    internal static string? Missing => Program is null
        ? $"Improving the model needs headcount-train: {Companion.Missing(Companion.Training, Companion.TrainingTool, Companion.TrainingName)}"
        : null;

    private static string? Program => Companion.Find(Companion.Training, Companion.TrainingTool);

    /// <summary>How a project's latest run is.</summary>
    internal ImproveRun Of(Guid project)
    {
        lock (_lock)
        {
            if (_work is { } work && work.Project == project)
                return work.Run;
        }
        return Stored(project) switch
        {
            null => new ImproveRun { State = "none" },
            { State: Running } => new ImproveRun { State = Failed, Problem = "It was interrupted; start it again" },
            var run => run,
        };
    }

    /// <summary>The pictures of a project that people have checked, in the order of their upload.</summary>
    internal static IQueryable<PictureRow> Checked(StudioContext db, Guid project) => db.Pictures.AsNoTracking().OrderBy(picture => picture.Order)
        .Where(picture => picture.ProjectId == project && picture.State != PictureState.Failed && (picture.Edited || picture.HasTruth));

    /// <summary>Begins a run.</summary>
    /// <exception cref="ConflictException">There are too few pictures, or another run is at work.</exception>
    /// <exception cref="BadHttpRequestException">headcount-train is not installed.</exception>
    internal ImproveRun Start(StudioContext db, ProjectRow project)
    {
        int found = Checked(db, project.Id).Count();
        if (found < LeastPictures)
        {
            throw new ConflictException($"The project has {found} checked picture{(found == 1 ? "" : "s")}, and learning needs at least {LeastPictures}; "
                + "correct the heads of more, or upload their ground truth");
        }
        if (Missing is { } missing)
            throw new BadHttpRequestException(missing, StatusCodes.Status501NotImplemented);
        var work = new Work(project.Id, new ImproveRun { State = Running, Steps = options.ImproveSteps });
        lock (_lock)
        {
            if (_work is { } other)
                throw new ConflictException($"The model is being improved for the project “{db.Projects.Find(other.Project)?.Name}”; wait until that is done, or stop it");
            _work = work;
        }
        try
        {
            Discard(project.Id);
            Prepare(db, project.Id);
            Store(project.Id, work.Run);
        }
        catch
        {
            Discard(project.Id);
            End(work);
            throw;
        }
        ImproveRun run = work.Run;
        _ = Task.Run(() => RunAsync(work), CancellationToken.None);
        return run;
    }

    /// <summary>Stops a project's run, or forgets how the latest one ended.</summary>
    internal async Task StopAsync(Guid project)
    {
        Work? work;
        lock (_lock)
            work = _work;
        if (work?.Project == project)
        {
            work.IsUnwanted.TrySetResult();
            await work.HasEnded.Task;
        }
        else
            Discard(project);
    }

    /// <summary>Goes on with the run that the studio's end has interrupted.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_root))
            return Task.CompletedTask;
        using StudioContext db = contexts.CreateDbContext();
        foreach (string folder in Directory.GetDirectories(_root))
        {
            if (!Guid.TryParseExact(Path.GetFileName(folder), "N", out Guid project))
                continue;
            if (db.Projects.Find(project) is null || Stored(project) is not { } run)
                Discard(project);
            else if (run.State == Running)
            {
                Work work = _work = new Work(project, run);
                _ = Task.Run(() => RunAsync(work), CancellationToken.None);
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>Interrupts the run, which goes on at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Work? work;
        lock (_lock)
            work = _work;
        if (work is null)
            return;
        work.IsInterrupted.TrySetResult();
        await work.HasEnded.Task;
    }

    /// <summary>A studio that never came to its end is stopped the same way.</summary>
    public ValueTask DisposeAsync() => new(StopAsync(CancellationToken.None));

    private string Folder(Guid project) => Path.Combine(_root, project.ToString("N"));

    private string Part(Guid project, string name) => Path.Combine(Folder(project), name);

    private void Discard(Guid project)
    {
        if (Directory.Exists(Folder(project)))
            Directory.Delete(Folder(project), recursive: true);
    }

    private ImproveRun? Stored(Guid project)
    {
        string path = Part(project, StateFile);
        return File.Exists(path) ? JsonSerializer.Deserialize<ImproveRun>(File.ReadAllText(path), JsonSerializerOptions.Web) : null;
    }

    private void Store(Guid project, ImproveRun run) => WholeFile.WriteText(Part(project, StateFile), JsonSerializer.Serialize(run, JsonSerializerOptions.Web));

    // The pictures as links: when one is deleted meanwhile, nothing of it stays.
    private void Prepare(StudioContext db, Guid project)
    {
        string dataset = Part(project, "dataset"), images = Path.Combine(dataset, "images");
        Directory.CreateDirectory(images);
        var pictures = new List<PictureHeads>();
        foreach (PictureRow picture in Checked(db, project))
        {
            // The kind of a picture is told by its content; its own name never becomes a path.
            string name = string.Create(CultureInfo.InvariantCulture, $"images/{pictures.Count + 1:d5}.jpg");
            string original = files.Original(picture.Id), path = Path.Combine(dataset, name);
            if (OperatingSystem.IsWindows())
                File.Copy(original, path);
            else
                File.CreateSymbolicLink(path, Path.GetFullPath(original));
            pictures.Add(new PictureHeads(name, Parts.CheckedHeads(db, picture)));
        }
        HeadCsvFile.Write(Path.Combine(dataset, "annotations.csv"), pictures);
    }

    private async Task RunAsync(Work work)
    {
        ImproveRun? ended;
        try
        {
            ended = await TrainAsync(work);
        }
        catch (Exception e)
        {
            LogTrouble(log, e);
            ended = new ImproveRun { State = Failed, Problem = DiskSpace.IsExhausted(e) ? "The disk is full; make room and try again" : "The server's log says why" };
        }
        try
        {
            if (work.IsUnwanted.Task.IsCompleted)
            {
                Discard(work.Project);
                ended = new ImproveRun { State = "none" };
            }
            else if (ended is not null)
            {
                // Runs and copies of pictures are large.
                foreach (string folder in Directory.GetDirectories(Folder(work.Project)))
                    Directory.Delete(folder, recursive: true);
                Store(work.Project, ended);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogTrouble(log, e);
        }
        End(work);
        if (ended is not null)
            events.Publish(work.Project, "improve", ended);
    }

    private void End(Work work)
    {
        lock (_lock)
            _work = null;
        work.HasEnded.TrySetResult();
    }

    // Null where it was stopped or interrupted.
    private async Task<ImproveRun?> TrainAsync(Work work)
    {
        if (Program is not { } program)
            return new ImproveRun { State = Failed, Problem = Missing };
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "fit", Part(work.Project, "dataset"), "--start-from", models.Trainable, "--run", Part(work.Project, "run"),
            "--steps", work.Run.Steps.ToString(CultureInfo.InvariantCulture), "--progress", "json", "--stop-with-input",
        ];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        if (options.Threads > 0)
        {
            start.ArgumentList.Add("--threads");
            start.ArgumentList.Add(options.Threads.ToString(CultureInfo.InvariantCulture));
        }
        using Process process = Process.Start(start)!;
        Task<string> result = process.StandardOutput.ReadToEndAsync();
        Task<string?> said = FollowAsync(work, process.StandardError);
        Task exited = process.WaitForExitAsync(CancellationToken.None);
        if (await Task.WhenAny(exited, work.IsUnwanted.Task, work.IsInterrupted.Task) != exited)
        {
            // Interrupted, it keeps what it has learnt so far, where there is time for that.
            process.StandardInput.Close();
            if (!work.IsUnwanted.Task.IsCompleted)
                await Task.WhenAny(exited, work.IsUnwanted.Task, Task.Delay(s_grace));
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            await exited;
            return null;
        }
        string? problem = await said;
        return process.ExitCode == ExitCode.Done
            ? JsonSerializer.Deserialize<ImproveRun>(Finished(await result), JsonSerializerOptions.Web)! with
            {
                Model = models.TakeIn(Path.Combine(Part(work.Project, "run"), "model.onnx")),
                Step = work.Run.Steps,
                Steps = work.Run.Steps,
            }
            : new ImproveRun { State = Failed, Problem = PlainLine(problem ?? $"headcount-train ended with exit code {process.ExitCode}") };

        // The path is this machine's own.
        static string Finished(string json)
        {
            var answer = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
            answer["state"] = "done";
            answer.Remove("model");
            return answer.ToJsonString();
        }

        string PlainLine(string line)
        {
            line = line.Replace("headcount-train: ", "", StringComparison.Ordinal).Replace(Folder(work.Project) + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
            return line.Length > 0 ? char.ToUpperInvariant(line[0]) + line[1..] : line;
        }
    }

    // Answers the last line that is no progress.
    private async Task<string?> FollowAsync(Work work, StreamReader lines)
    {
        string? said = null;
        while (await lines.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith('{'))
            {
                said = line.Length > 0 ? line : said;
                continue;
            }
            Progress progress = JsonSerializer.Deserialize<Progress>(line, JsonSerializerOptions.Web)!;
            ImproveRun run;
            lock (_lock)
                run = work.Run = work.Run with { Step = progress.Step, SecondsLeft = progress.SecondsLeft ?? work.Run.SecondsLeft };
            events.Publish(work.Project, "improve", run);
        }
        return said;
    }

    /// <summary>A line of headcount-train.</summary>
    private sealed record Progress(int Step, double? SecondsLeft);

    /// <summary>The run at work.</summary>
    private sealed class Work(Guid project, ImproveRun run)
    {
        internal Guid Project => project;

        internal ImproveRun Run { get; set; } = run;

        /// <summary>Set when a caller stops it.</summary>
        internal TaskCompletionSource IsUnwanted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Set when the studio ends.</summary>
        internal TaskCompletionSource IsInterrupted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource HasEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Improving the model failed")]
    private static partial void LogTrouble(ILogger logger, Exception e);
}
