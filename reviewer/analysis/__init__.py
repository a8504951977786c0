"""What code could do: syntax trees and rules (resources/rules) to findings. Nothing of a project is executed."""
