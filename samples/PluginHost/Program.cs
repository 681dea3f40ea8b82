using PluginHost;

return await HostRun.RunAsync();
