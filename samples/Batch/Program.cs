using Batch;

return await Settings.Command(settings => new BatchRun(settings).RunAsync()).Parse(args).InvokeAsync();
