using System.Collections;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The state that a child inherits at its launch and that its parent may change later: environment and working directory. A spare is equivalent to a
/// new child only while they are unchanged.
/// </summary>
internal sealed class SpareSurroundings
{
    private readonly IDictionary _environment = Environment.GetEnvironmentVariables();
    private readonly object? _directory = WorkingDirectory.Identity();

    public bool AreCurrent()
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
