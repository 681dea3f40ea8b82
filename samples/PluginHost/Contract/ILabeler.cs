namespace PluginHost.Contract;

/// <summary>What the host and its plug-ins both know. Neither side refers to the other.</summary>
public interface ILabeler
{
    /// <summary>Gets what the plug-in is and which version of its dependency it uses.</summary>
    string Description { get; }

    /// <summary>Returns the label of a picture.</summary>
    /// <param name="title">The title, as the file has it.</param>
    /// <param name="pixels">The number of pixels.</param>
    string Label(string title, long pixels);
}
