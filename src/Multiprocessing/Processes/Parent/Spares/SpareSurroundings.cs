using System.Collections;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>What a child takes over from its parent at its launch and the parent may change later: only a spare with the surroundings of now is as good as a new child.</summary>
internal sealed class SpareSurroundings
{
    private readonly IDictionary _environment = Environment.GetEnvironmentVariables();
    private readonly object? _directory = WorkingDirectory.Identity();

    public bool AreThoseOfNow()
    {
        var now = Environment.GetEnvironmentVariables();
        if (now.Count != _environment.Count || _directory is null || !_directory.Equals(WorkingDirectory.Identity()))
        {
            return false;
        }

        foreach (DictionaryEntry variable in now)
        {
            if (_environment[variable.Key] is not string then || !string.Equals(then, (string?)variable.Value, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
