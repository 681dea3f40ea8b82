namespace Multiprocessing;

/// <summary>The channel between parent and child: a socket or pipe that only this child inherits.</summary>
internal static class ControlChannel
{
    /// <summary>The variable with the number of the inherited socket. In the environment only until the child has read its greeting.</summary>
    public const string Variable = "MULTIPROCESSING_CONTROL";
}
