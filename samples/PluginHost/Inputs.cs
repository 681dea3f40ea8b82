using PluginHost.Contract;
using PluginHost.Pictures;

namespace PluginHost;

/// <summary>The work of both callers: many good inputs, and a few that end the process which reads them.</summary>
internal sealed class Inputs(string folder)
{
    public const int Count = 200;
    private const int Pixels = 64 * 48;
    private const long FarAway = 0x1234_5678_9ABC; // an address that no program has
    private const long Huge = 1L << 32;

    /// <summary>Writes the files, and returns a call for each.</summary>
    public IEnumerable<Job> Pictures(IPictureDecoder decoder)
    {
        for (var i = 0; i < Count; i++)
        {
            var (path, shade) = (Path.Combine(folder, $"picture-{i:000}.pic"), (byte)i);
            var pixels = Enumerable.Repeat(shade, Pixels).ToArray();
            var fate = i switch
            {
                40 or 120 => Fate.Crash,
                80 => Fate.Exception,
                _ => Fate.Result,
            };
            switch (i)
            {
                case 40: // the title is at an address outside the file
                    PictureFile.Write(path, Title(i), pixels, claimedTitleOffset: FarAway);
                    break;
                case 80:
                    File.WriteAllText(path, "not a picture");
                    break;
                case 120: // the file claims more pixels than it has
                    PictureFile.Write(path, Title(i), pixels, claimedPixels: Huge);
                    break;
                default:
                    PictureFile.Write(path, Title(i), pixels);
                    break;
            }

            var expected = new Picture(Title(i), Pixels, shade);
            yield return new Job(Path.GetFileName(path), () => Check(expected, decoder.Decode(path)), fate);
        }
    }

    /// <summary>Returns a call for each title.</summary>
    public static IEnumerable<Job> Titles(ILabeler labeler)
    {
        for (var i = 0; i < Count; i++)
        {
            var (title, fate) = i switch
            {
                60 => ("what?", Fate.Exception),
                140 => (new string('a', 40) + "?", Fate.Hang), // the same answer, after years
                _ => (Title(i), Fate.Result),
            };
            var expected = $"A Walk by the Sea {i}, 3.072k pixels";
            yield return new Job($"\"{title}\"", () => Check(expected, labeler.Label(title, Pixels)), fate);
        }
    }

    private static string Title(int number) => $"a walk by the sea {number}";

    private static void Check<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidOperationException($"The result is {actual}, but {expected} was expected.");
        }
    }
}
