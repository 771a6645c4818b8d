using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Distributed.Keops.Architecture.Tests;

/// <summary>The house stays as docs/architecture.md draws it.</summary>
public sealed partial class HouseTests
{
    static readonly string[] Projects = ["Kernels", "Data", "Contracts", "Grains", "Client", "Silo", "Cli"];

    static readonly string[] KernelFolders = ["Programs", "Formulas", "Reductions", "Ranges", "Plans", "Cpu", "Cuda", "Execution", "Solvers"];

    [Fact]
    public void Projects_refer_upwards_only()
    {
        for (var p = 0; p < Projects.Length; p++)
        {
            var references = XDocument.Load(Path.Combine(Repository.Root, "src", Projects[p], Projects[p] + ".csproj"))
                .Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
            foreach (var reference in references) Assert.InRange(Array.IndexOf(Projects, reference), 0, p - 1);
        }
    }

    [Fact]
    public void A_client_carries_no_server() =>
        Assert.DoesNotContain("Grains.csproj", Repository.Read("src", "Client", "Client.csproj"), StringComparison.Ordinal);

    [Fact]
    public void Folders_of_the_kernels_refer_to_earlier_ones_only()
    {
        var wrong = new List<string>();
        for (var f = 0; f < KernelFolders.Length; f++)
        {
            foreach (var file in Repository.Sources(Path.Combine("src", "Kernels", KernelFolders[f])))
            {
                foreach (Match match in KernelNamespace().Matches(File.ReadAllText(file)))
                {
                    var other = Array.IndexOf(KernelFolders, match.Groups[1].Value);
                    if (other > f) wrong.Add($"{Path.GetRelativePath(Repository.Root, file)} uses {match.Groups[1].Value}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_of_the_kernels_is_known_here() => Assert.Equal(
        KernelFolders.Order(),
        Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", "Kernels")).Select(d => Path.GetFileName(d)!)
            .Where(d => d is not ("obj" or "bin") && Repository.Sources(Path.Combine("src", "Kernels", d)).Any()).Order());

    [Fact]
    public void Files_do_one_thing() =>
        Assert.Empty(Repository.Sources("src").Where(file => File.ReadLines(file).Count() > 400).Select(Path.GetFileName));

    [GeneratedRegex(@"Distributed\.Keops\.Kernels\.(\w+)")]
    private static partial Regex KernelNamespace();
}
