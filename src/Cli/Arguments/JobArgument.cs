using System.CommandLine;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>The name of the job that is meant.</summary>
sealed class JobArgument
{
    readonly Argument<string> _id = new("id") { Description = "The job's name, as submit printed it.", HelpName = "ID" };

    /// <summary>Adds the argument to a command.</summary>
    public void AddTo(Command command) => command.Add(_id);

    /// <summary>What was typed.</summary>
    /// <exception cref="UsageException">It can't name a job.</exception>
    public string Read(ParseResult parsed)
    {
        var id = parsed.GetRequiredValue(_id);
        return JobId.IsValid(id) ? id : throw new UsageException(
            $"'{id}' can't name a job: expected 1 to {JobId.MaxLength} letters, digits, '-', '_' or '.'.");
    }
}
