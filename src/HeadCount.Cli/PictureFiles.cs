using System.CommandLine;
using HeadCount.IO;
using Microsoft.Extensions.FileSystemGlobbing;

namespace HeadCount.Cli;

/// <summary>The picture files that the PATH arguments of a command mean.</summary>
internal static class PictureFiles
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif",
    };

    /// <summary>Refuses what looks like an option among PATHs, a mistyped one, before anything is done.</summary>
    internal static void RefuseOptions(Argument<string[]> paths) => paths.Validators.Add(result =>
    {
        foreach (string path in result.Tokens.Select(token => token.Value))
        {
            if (path.StartsWith('-') && !File.Exists(path) && !Directory.Exists(path))
                result.AddError($"{path} is no option, nor a file");
        }
    });

    /// <summary>The files that all PATHs mean, each once, without drawings of earlier calls
    /// that are found in a folder or by a pattern.</summary>
    /// <param name="paths">Files, folders and patterns.</param>
    /// <param name="output">The output folder, or null.</param>
    /// <param name="failures">Where PATHs that mean nothing are noted.</param>
    internal static List<string> FindAll(string[] paths, string? output, List<string> failures)
    {
        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            IReadOnlyList<string> found = Find(path, out string? problem);
            if (!File.Exists(path))
                found = [.. found.Where(file => !Drawings.IsDrawing(output, file))];
            files.AddRange(found.Where(file => seen.Add(Path.GetFullPath(file))));
            if (problem is not null)
                failures.Add(problem);
        }
        return files;
    }

    /// <summary>The files that one PATH means: itself; a folder's pictures, those of folders inside it too; or what a
    /// pattern with * and ** matches. Natural order.</summary>
    /// <param name="path">A file, a folder or a pattern.</param>
    /// <param name="problem">Why it means nothing, in one line, or null.</param>
    internal static IReadOnlyList<string> Find(string path, out string? problem)
    {
        problem = null;
        if (File.Exists(path))
            return [path];
        IEnumerable<string> found;
        try
        {
            if (Directory.Exists(path))
            {
                problem =
                    $"{path}: no pictures in this folder; give one with {string.Join(", ", Extensions.Order())} files";
                found = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories);
            }
            else if (path.Contains('*', StringComparison.Ordinal))
            {
                problem = $"{path}: the pattern matches no pictures; check it, and quote it if the shell expands it";
                found = Match(path);
            }
            else
            {
                problem = $"{path}: no such file or folder; check the path";
                return [];
            }
            // Hidden files are other programs' business (.DS_Store, ._IMG_1.jpg).
            string[] pictures = [.. found
                .Where(file => Extensions.Contains(Path.GetExtension(file)) && !Path.GetFileName(file).StartsWith('.'))
                .Order(NaturalOrder.Instance)];
            if (pictures.Length > 0)
                problem = null;
            return pictures;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            problem = $"{path}: cannot be listed ({e.Message})";
            return [];
        }
    }

    private static IEnumerable<string> Match(string pattern)
    {
        string[] parts = pattern.Replace('\\', '/').Split('/');
        int literal = Array.FindIndex(parts, part => part.Contains('*', StringComparison.Ordinal));
        string root = string.Join('/', parts[..literal]);
        if (root.Length == 0)
            root = Path.IsPathRooted(pattern) ? "/" : ".";
        if (!Directory.Exists(root))
            return [];
        var matcher = new Matcher();
        matcher.AddInclude(string.Join('/', parts[literal..]));
        return matcher.GetResultsInFullPath(root).Select(file =>
            Path.Join(literal == 0 ? "" : root, Path.GetRelativePath(root, file)));
    }
}
