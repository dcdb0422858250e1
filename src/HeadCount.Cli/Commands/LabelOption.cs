using System.CommandLine;
using HeadCount.Annotations;

namespace HeadCount.Cli.Commands;

/// <summary>The option <c>--label</c> of every command that reads annotations.</summary>
internal static class LabelOption
{
    internal static Option<string[]> Create() => new("--label")
    {
        HelpName = "NAME[=head|person|ignore]",
        Description = "Only boxes and points of this label, which names heads, whole persons or regions to be ignored; may be given "
            + "several times [default: the labels that name heads or persons, docs/formats.md]",
    };

    /// <summary>A reading with the labels that are asked for.</summary>
    /// <exception cref="UsageException">One is empty or given twice.</exception>
    internal static AnnotationReading Read(ParseResult parsed, Option<string[]> option)
    {
        try
        {
            return new AnnotationReading(HeadLabels.Of(parsed.GetValue(option) ?? []));
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--label: {e.Message}");
        }
    }
}
