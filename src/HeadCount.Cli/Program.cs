using HeadCount.Cli;

return await ProgramRun.RunAsync(Launcher.Program, cancellation => Launcher.RunAsync(args, cancellation), Launcher.Expected);
