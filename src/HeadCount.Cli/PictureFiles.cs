using System.CommandLine;
using HeadCount.Imaging;
using HeadCount.IO;
using Microsoft.Extensions.FileSystemGlobbing;

namespace HeadCount.Cli;

/// <summary>The picture files that the PATH arguments of a command mean.</summary>
internal static class PictureFiles
{
    /// <summary>Refuses what looks like an option among PATHs, a mistyped one, before anything is done.</summary>
    internal static void RefuseOptions(Argument<string[]> paths) => paths.Validators.Add(result =>
    {
        foreach (string path in result.Tokens.Select(token => token.Value))
        {
            if (path.StartsWith('-') && !InputFile.IsStandardInput(path) && !File.Exists(path) && !Directory.Exists(path))
                result.AddError($"{path} is no option, nor a file");
        }
    });

    /// <summary>The files that all PATHs mean, each once, without drawings of earlier calls
    /// that are found in a folder or by a pattern. Says on standard error what is passed over.</summary>
    /// <param name="paths">Files, folders, patterns, and - for standard input.</param>
    /// <param name="output">The output folder, or null.</param>
    /// <param name="failures">Where PATHs that mean nothing and folders that cannot be listed are noted.</param>
    internal static List<string> FindAll(string[] paths, string? output, List<string> failures)
    {
        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            IReadOnlyList<string> found = Find(path, failures);
            if (!IsFile(path))
                found = [.. found.Where(file => !Drawings.IsDrawing(output, file))];
            files.AddRange(found.Where(file => seen.Add(Path.GetFullPath(file))));
        }
        return files;
    }

    private static bool IsFile(string path) => InputFile.IsStandardInput(path) || File.Exists(path);

    /// <summary>The files that one PATH means: itself; a folder's pictures, those of folders inside it too; or what a
    /// pattern with * and ** matches. Natural order.</summary>
    private static string[] Find(string path, List<string> failures)
    {
        if (IsFile(path))
            return [path];
        bool isFolder = Directory.Exists(path);
        if (!isFolder && !path.Contains('*', StringComparison.Ordinal))
        {
            failures.Add($"{path}: no such file or folder; check the path");
            return [];
        }
        (FolderWalk? walk, IEnumerable<string> found) = isFolder ? Walk(path) : Match(path);
        string[] pictures = [.. found.Where(ImageKinds.IsPicture).Order(NaturalOrder.Instance)];
        failures.AddRange(walk?.Problems ?? []);
        if (isFolder && walk?.PassedOverLine is { } passedOver)
            Console.Error.WriteLine($"headcount: {path}: {passedOver}");
        if (pictures.Length == 0 && walk is not { Problems.Count: > 0 })
            failures.Add(isFolder
                ? $"{path}: no pictures in this folder; give one with {string.Join(", ", ImageKinds.Extensions.Order())} files"
                : $"{path}: the pattern matches no pictures; check it, and quote it if the shell expands it");
        return pictures;
    }

    private static (FolderWalk, IEnumerable<string>) Walk(string folder)
    {
        var walk = FolderWalk.Of(folder);
        return (walk, walk.Files);
    }

    private static (FolderWalk?, IEnumerable<string>) Match(string pattern)
    {
        string[] parts = pattern.Replace('\\', '/').Split('/');
        int literal = Array.FindIndex(parts, part => part.Contains('*', StringComparison.Ordinal));
        string root = string.Join('/', parts[..literal]);
        if (root.Length == 0)
            root = Path.IsPathRooted(pattern) ? "/" : ".";
        if (!Directory.Exists(root))
            return (null, []);
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude(string.Join('/', parts[literal..]));
        var walk = FolderWalk.Of(root, parts.Contains("**") ? int.MaxValue : parts.Length - literal - 1);
        return (walk, walk.Files.Where(file => matcher.Match(Path.GetRelativePath(root, file)).HasMatches)
            .Select(file => literal == 0 ? Path.GetRelativePath(root, file) : file));
    }
}
