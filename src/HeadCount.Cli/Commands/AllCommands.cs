using System.CommandLine;

namespace HeadCount.Cli.Commands;

/// <summary>The program's commands, in the order of the help page.</summary>
internal static class AllCommands
{
    internal static IEnumerable<Command> Create() =>
    [
        CountCommand.Create(),
        DrawCommand.Create(),
        EvaluateCommand.Create(),
        ScoreCommand.Create(),
        TuneCommand.Create(),
        CompareCommand.Create(),
        ConvertCommand.Create(),
        CheckCommand.Create(),
        SynthCommand.Create(),
        CompanionCommands.CreateTrain(),
        CompanionCommands.CreateServe(),
    ];
}
