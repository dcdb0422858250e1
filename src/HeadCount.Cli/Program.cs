using System.CommandLine;
using HeadCount.Cli;
using HeadCount.Cli.Commands;

var root = new RootCommand("Counts the people in pictures and says where every head is.");
foreach (Command command in AllCommands.Create())
    root.Subcommands.Add(command);
return await Launcher.RunAsync(root, args);
