using HeadCount.Cli;

return await Launcher.RunAsync(args);
