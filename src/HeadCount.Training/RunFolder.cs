using System.Text;
using System.Text.Json.Nodes;
using HeadCount.IO;
using HeadCount.Training.Storage;

namespace HeadCount.Training;

/// <summary>
/// The files of one training run: <c>config.json</c>, <c>log.jsonl</c>, <c>curves.png</c>, the latest
/// <c>checkpoint/</c>, and the best weights so far with their validation (<c>best.safetensors</c>, <c>best.json</c>).
/// </summary>
public sealed class RunFolder(string path)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Validation curves as a picture.</summary>
    public string Curves => At("curves.png");

    internal string BestWeights => At("best.safetensors");

    internal string BestValidation => At("best.json");

    /// <summary>One JSON object a line: losses, and validations.</summary>
    public string Log => At("log.jsonl");

    private string Config => At("config.json");

    private string Checkpoint => At("checkpoint");

    private string OldCheckpoint => At("checkpoint.old");

    private string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The configuration of the run that stands here, or null.</summary>
    public TrainingOptions? Options => File.Exists(Config) ? TrainingOptions.FromJson(File.ReadAllText(Config)) : null;

    internal void Create(TrainingOptions options)
    {
        Directory.CreateDirectory(Path);
        WholeFile.WriteText(Config, options.ToJson());
    }

    /// <summary>The folder of the latest whole checkpoint, or null.</summary>
    internal string? LatestCheckpoint => Directory.Exists(Checkpoint) ? Checkpoint : Directory.Exists(OldCheckpoint) ? OldCheckpoint : null;

    /// <summary>Replaces the checkpoint; at every moment a whole one stands on disk.</summary>
    internal void SaveCheckpoint(Action<string> write)
    {
        string fresh = At("checkpoint.part");
        Delete(fresh);
        Directory.CreateDirectory(fresh);
        write(fresh);
        Delete(OldCheckpoint);
        if (Directory.Exists(Checkpoint))
            Directory.Move(Checkpoint, OldCheckpoint);
        Directory.Move(fresh, Checkpoint);
        Delete(OldCheckpoint);

        static void Delete(string folder)
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    internal void AppendLog(JsonObject entry) => File.AppendAllText(Log, entry.ToJsonString() + "\n");

    internal IEnumerable<JsonObject> ReadLog() => File.Exists(Log)
        ? File.ReadLines(Log).Where(l => l.Length > 0).Select(l => JsonNode.Parse(l)!.AsObject()) : [];

    /// <summary>Drops what was logged after the checkpoint that the run goes on from.</summary>
    internal void RewindLog(int step)
    {
        var kept = new StringBuilder();
        foreach (string line in File.Exists(Log) ? File.ReadLines(Log) : [])
        {
            // A line cut by a kill does not end in a brace.
            if (line.EndsWith('}') && (int)JsonNode.Parse(line)!["step"]! <= step)
                kept.Append(line).Append('\n');
        }
        WholeFile.WriteText(Log, kept.ToString());
    }
}
