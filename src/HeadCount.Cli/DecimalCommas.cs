using System.CommandLine;
using System.CommandLine.Parsing;

namespace HeadCount.Cli;

/// <summary>Decimal commas, which the parser takes for ones between thousands: 0,5 would be 5.</summary>
internal static class DecimalCommas
{
    /// <summary>A line for each number that is written with a comma.</summary>
    internal static IEnumerable<string> Errors(ParseResult parsed) =>
        from option in parsed.CommandResult.Children.OfType<OptionResult>()
        where option.Option.ValueType == typeof(double) || option.Option.ValueType == typeof(double?)
        from token in option.Tokens
        where token.Value.Contains(',')
        select $"{option.Option.Name} {token.Value} is no number; write {token.Value.Replace(',', '.')}";
}
