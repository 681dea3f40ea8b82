using Multiprocessing.Tool.Commands;

return await MpCommand.RunAsync(args, Console.Out, Console.Error);
