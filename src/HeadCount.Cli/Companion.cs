namespace HeadCount.Cli;

/// <summary>Finds a program that is installed apart for its size.</summary>
internal static class Companion
{
    internal const string Training = "HeadCount.Training.Cli", TrainingTool = "headcount-train", TrainingName = "training program (libtorch makes it large)";

    /// <summary>The program's path: beside this one, in a checkout's build output, or on the PATH; null where it is nowhere.</summary>
    internal static string? Find(string project, string tool)
    {
        string suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        string here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        IEnumerable<string> places =
        [
            Path.Combine(here, project + suffix),
            Path.GetFullPath(Path.Combine(here, "..", "..", project, Path.GetFileName(here), project + suffix)),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, tool + suffix)),
        ];
        return places.FirstOrDefault(File.Exists);
    }

    /// <summary>What to do where it is nowhere.</summary>
    internal static string Missing(string project, string tool, string what) =>
        $"the {what} is not installed; in a checkout build it with 'dotnet build -c Release src/{project}', elsewhere put {tool} on the PATH";
}
