using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using HeadCount.Inference;

namespace HeadCount.Cli.Commands;

/// <summary>The options of every command that runs a model: which one, and how pictures are counted.</summary>
internal sealed class CountingOptions
{
    private static readonly CountOptions Defaults = new();

    private readonly Option<string> _model = new("--model")
    {
        HelpName = "NAME|FILE",
        Description = "A model that comes with the program, or an ONNX file",
        DefaultValueFactory = _ => HeadModel.DefaultName,
    };

    private readonly Option<ModelAdapter?> _adapter = new("--adapter")
    {
        CustomParser = Choice<ModelAdapter>,
        HelpName = "density|heatmap|points",
        Description = "What the ONNX file of another program gives: heads per cell (as CSRNet), a map of peaks (as FIDTM) "
            + "or points (as P2PNet)",
    };

    private readonly Option<CountQuality?> _quality = new("--quality")
    {
        CustomParser = Choice<CountQuality>,
        HelpName = "fast|balanced|best",
        Description = "Count a picture at its own size; at halves of it too, for people near the camera (a third more time); or four times at "
            + "all of these (4.5 times the work) [default: balanced]",
    };

    private readonly Option<int> _threads = Range(new Option<int>("--threads")
    {
        HelpName = "N",
        Description = "Threads for the network; 0: one for each core",
        DefaultValueFactory = _ => 0,
    }, 0, 1024);

    private readonly Option<double?> _threshold = Range(new Option<double?>("--threshold")
    {
        HelpName = "T",
        Description = "Score from which a head counts, 0 to 1; below 0.3 only --quality fast finds more [default: the model's, "
            + "moved by what the density sees]",
    }, 0, 1);

    private readonly Option<int> _tile = Range(new Option<int>("--tile")
    {
        HelpName = "N",
        Description = "Side of a tile in pixels, at least 64",
        DefaultValueFactory = _ => Defaults.TileSize,
    }, 64, 1 << 16);

    private readonly Option<int> _overlap = Range(new Option<int>("--overlap")
    {
        HelpName = "N",
        Description = "Pixels that neighbouring tiles share",
        DefaultValueFactory = _ => Defaults.Overlap,
    }, 0, 1 << 16);

    private readonly Option<long> _maxPixels = CreateMaxPixels();

    private readonly Option<bool> _strict = new("--strict")
    {
        Description = "Refuse damaged pictures, which are counted with a note otherwise",
    };

    /// <param name="command">The command that runs a model.</param>
    /// <param name="threshold">Whether it takes a threshold.</param>
    internal void AddTo(Command command, bool threshold = true)
    {
        foreach (Option option in (Option[])[_model, _adapter, _quality, _threshold, _tile, _overlap, _threads, _maxPixels, _strict])
            if (threshold || option != _threshold)
                command.Options.Add(option);
    }

    /// <summary>The model that is asked for.</summary>
    internal ModelChoice ReadModel(ParseResult parsed) =>
        new(parsed.GetValue(_model)!, parsed.GetValue(_adapter), parsed.GetValue(_threads));

    /// <summary>Whether damaged pictures are refused.</summary>
    internal bool IsStrict(ParseResult parsed) => parsed.GetValue(_strict);

    /// <exception cref="UsageException">The overlap is not less than the tile.</exception>
    internal CountOptions Read(ParseResult parsed)
    {
        var options = new CountOptions
        {
            Threshold = parsed.GetValue(_threshold),
            // Who names a threshold means it.
            FollowDensity = parsed.GetValue(_threshold) is null,
            Quality = parsed.GetValue(_quality),
            TileSize = parsed.GetValue(_tile),
            Overlap = parsed.GetValue(_overlap),
            MaxPixels = parsed.GetValue(_maxPixels),
        };
        return options.Overlap < options.TileSize
            ? options
            : throw new UsageException($"--overlap {options.Overlap} must be less than --tile {options.TileSize}");
    }

    /// <summary>The option <c>--max-pixels</c> of every command that opens pictures.</summary>
    internal static Option<long> CreateMaxPixels() => Range(new Option<long>("--max-pixels")
    {
        HelpName = "N",
        Description = "Largest picture that is opened, width × height",
        DefaultValueFactory = _ => Defaults.MaxPixels,
    }, 1, long.MaxValue);

    /// <summary>Reads one of the names of an enumeration, whatever its case.</summary>
    internal static T? Choice<T>(ArgumentResult result) where T : struct, Enum
    {
        string given = result.Tokens[0].Value;
        if (Enum.GetNames<T>().Contains(given, StringComparer.OrdinalIgnoreCase))
            return Enum.Parse<T>(given, ignoreCase: true);
        string[] names = [.. Enum.GetNames<T>().Select(choice => choice.ToLowerInvariant())];
        string option = result.Parent is OptionResult { Option.Name: var name } ? name + " " : "";
        result.AddError($"{option}{given}: unknown; expected {string.Join(", ", names[..^1])} or {names[^1]}");
        return null;
    }

    /// <summary>Limits an option's number.</summary>
    internal static Option<T> Range<T>(Option<T> option, double least, double most)
    {
        option.Validators.Add(result =>
        {
            // What is no number at all, the parser reports itself.
            if (result.Tokens.Count == 1
                && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double value)
                && !(value >= least && value <= most))
            {
                string limit = most >= int.MaxValue ? $"at least {least}" : $"from {least} to {most}";
                result.AddError(FormattableString.Invariant($"{option.Name} {value} is out of range: it must be {limit}"));
            }
        });
        return option;
    }
}

/// <summary>The model that a command runs.</summary>
/// <param name="Name">Its name or file.</param>
/// <param name="Adapter">What it gives, for one of another program.</param>
/// <param name="Threads">Threads for the network; 0: one for each core.</param>
internal sealed record ModelChoice(string Name, ModelAdapter? Adapter, int Threads)
{
    /// <exception cref="ModelException">There is no such model, or it cannot be run so.</exception>
    /// <exception cref="UsageException">The options ask for a threshold or a quality, and the model has none.</exception>
    internal HeadModel Load(CountOptions options)
    {
        HeadModel model = HeadModel.Load(Name, Threads, Adapter);
        string? problem = model.CountsByDensity && options.Threshold is not null
            ? $"--threshold: {model.Path} counts by the sum of its density, whatever the score; leave the threshold out"
            : options.Quality is not (null or CountQuality.Fast) && !model.TakesQuality
            ? $"--quality: {model.Path} does not score heads itself, one look is all it can take; leave the quality out"
            : null;
        if (problem is null)
            return model;
        model.Dispose();
        throw new UsageException(problem);
    }
}
