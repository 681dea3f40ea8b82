using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Multiprocessing;

namespace Batch;

/// <summary>The work on one file. Plain code, the same for a thread and for a worker process.</summary>
internal static class FileJob
{
    /// <summary>Hashes the file and counts its words.</summary>
    public static FileReport Examine(string folder, string path)
    {
        var content = File.ReadAllBytes(Path.Combine(folder, path));
        return new FileReport(path, content.Length, CountWords(content), Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    /// <summary>
    /// Does the same, but for this share of the files it kills its process, as a defect in a native library would. The second attempt succeeds.
    /// </summary>
    public static FileReport ExamineOrCrash(string folder, string path, double crashShare)
    {
        if (CurrentTask.Attempt == 1 && IsUnlucky(path, crashShare))
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }

        return Examine(folder, path);
    }

    /// <summary>Decides by the name, so that every run crashes at the same files.</summary>
    public static bool IsUnlucky(string path, double share) =>
        BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(path))) < share * uint.MaxValue;

    private static long CountWords(ReadOnlySpan<byte> content)
    {
        var words = 0L;
        var inside = false;
        foreach (var value in content)
        {
            var isLetter = char.IsAsciiLetterOrDigit((char)value) || value >= 0x80;
            words += isLetter && !inside ? 1 : 0;
            inside = isLetter;
        }

        return words;
    }
}
