// Package modules is the list of modules in the order of the pipeline: what refuses comes before what acts,
// what acts before what decorates.
package modules

import (
	"usher/milter/filter"
	"usher/modules/envelope"
	"usher/modules/footer"
	"usher/modules/invitation"
	"usher/modules/resource"
	"usher/modules/signature"
)

// All are the modules there are. The order is code, not configuration.
var All = []filter.Definition{
	envelope.Module,
	resource.Module,
	invitation.Module,
	signature.Module,
	footer.Module,
}
